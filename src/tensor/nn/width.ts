import { AssayError } from '../../core/errors.ts';
import { typeText } from '../graph/shapes.ts';
import type { Tensor } from '../graph/tensor.ts';

/** Throws `shape_invalid` with the layer's name where the last axis of its input is not as long as it was made for. */
export function requireWidth(layer: string, x: Tensor, width: number): void {
  if (x.shape.at(-1) === width) return;
  throw new AssayError('shape_invalid', `the layer ${layer} takes ${width} features, it is given ${typeText(x)}`, {
    place: `layer ${layer}`,
    hint: 'the layer before it, or the observation, has another width: check the sizes in the options of the agent',
  });
}
