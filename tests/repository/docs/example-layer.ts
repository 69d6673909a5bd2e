import { mul, sigmoid } from '../../../src/tensor/graph/ops/index.ts';
import { linear } from '../../../src/tensor/nn/linear.ts';
import type { Layer } from '../../../src/tensor/nn/parameters.ts';

/** x W sigmoid(x V): [rows, inputs] to [rows, outputs] (Dauphin et al. 2017, equation 1). */
export function gatedLinear(name: string, inputs: number, outputs: number): Layer {
  const value = linear(`${name}/value`, inputs, outputs);
  const gate = linear(`${name}/gate`, inputs, outputs);
  return {
    parameters: [...value.parameters, ...gate.parameters],
    apply: (parameters, x) => mul(value.apply(parameters, x), sigmoid(gate.apply(parameters, x))),
  };
}
