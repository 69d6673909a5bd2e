import { relu } from '../graph/ops/index.ts';
import { linear } from './linear.ts';
import type { Layer } from './parameters.ts';

/** Linear layers with ReLU between them, none after the last. `sizes` holds the input's width, the hidden ones and the output's. */
export function mlp(name: string, sizes: readonly number[]): Layer {
  const layers = sizes.slice(1).map((outputs, i) => linear(`${name}/${i}`, sizes[i]!, outputs));
  return {
    parameters: layers.flatMap((layer) => layer.parameters),
    apply: (parameters, x) => layers.reduce((y, layer, i) => layer.apply(parameters, i === 0 ? y : relu(y)), x),
  };
}
