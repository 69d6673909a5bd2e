import { AssayError } from '../../core/errors.ts';
import { typeText } from '../graph/shapes.ts';
import type { Tensor } from '../graph/tensor.ts';

/** Checks the last axis of a layer's input. @throws `shape_invalid`, which names the layer, if it is not `width` long. */
export function requireWidth(layer: string, x: Tensor, width: number): void {
  if (x.shape.at(-1) === width) return;
  throw new AssayError('shape_invalid', `the layer ${layer} takes ${width} features, got ${typeText(x)}`, {
    place: `layer ${layer}`,
    hint: 'the layer before it, or the observation, has another width: check the sizes in the options of the agent',
  });
}
