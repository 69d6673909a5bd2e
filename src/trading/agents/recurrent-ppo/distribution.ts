import {
  add,
  broadcast,
  concat,
  constant,
  div,
  exp,
  greater,
  mul,
  neg,
  reduceMax,
  reshape,
  slice,
  square,
  sub,
  sum,
  where,
} from '../../../tensor/graph/ops/index.ts';
import type { Tensor } from '../../../tensor/graph/tensor.ts';
import { filledWith } from '../../../tensor/nn/initial.ts';
import type { Parameter, Parameters } from '../../../tensor/nn/parameters.ts';
import { logSoftmax } from '../../../tensor/nn/softmax.ts';

/** Turns a network's last layer into actions. All tensors have one row per observation. */
export interface ActionDistribution {
  readonly parameters: readonly Parameter[];
  /** Width of the last layer, and of the noise that draws an action; noise of zeros gives the likeliest action. */
  readonly headSize: number;
  readonly noise: 'normal' | 'gumbel';
  readonly draw: (parameters: Parameters, head: Tensor, noise: Tensor) => Tensor;
  /** Log-probability of given actions, and the entropy, [rows, 1] each. */
  readonly evaluate: (
    parameters: Parameters,
    head: Tensor,
    actions: Tensor,
  ) => { readonly logProbability: Tensor; readonly entropy: Tensor };
}

/** Independent normal actions around the head, with one learned deviation per action for all observations, 1 at first. */
export function gaussian(name: string, actionSize: number): ActionDistribution {
  const logDeviation = `${name}/log_deviation`;
  const perRow = (x: Tensor): Tensor => reshape(sum(x, [1]), [x.shape[0]!, 1]);
  return {
    parameters: [{ name: logDeviation, shape: [actionSize], initial: filledWith(0), decays: false }],
    headSize: actionSize,
    noise: 'normal',
    draw: (parameters, head, noise) => add(head, mul(exp(parameters[logDeviation]!), noise)),
    evaluate: (parameters, head, actions) => {
      const log = parameters[logDeviation]!;
      const distance = div(sub(actions, head), exp(log));
      const each = add(add(mul(square(distance), constant(0.5)), log), constant(Math.log(2 * Math.PI) / 2));
      const entropy = add(log, constant((1 + Math.log(2 * Math.PI)) / 2));
      return { logProbability: neg(perRow(each)), entropy: perRow(broadcast(entropy, head.shape)) };
    },
  };
}

/**
 * One choice per action, independent, with probabilities softmax(head). Drawn as the argmax of head + Gumbel noise, which has exactly those
 * probabilities (Gumbel 1954; Maddison et al. 2014). An action is the index of the choice.
 */
export function categorical(choices: readonly number[]): ActionDistribution {
  const headSize = choices.reduce((a, b) => a + b, 0);
  const groups = choices.map((size, i) => ({ size, start: choices.slice(0, i).reduce((a, b) => a + b, 0) }));
  const indices = (size: number): Tensor => constant([...Array(size).keys()], [1, size]);
  return {
    parameters: [],
    headSize,
    noise: 'gumbel',
    draw: (_parameters, head, noise) => {
      const scores = add(head, noise);
      const drawn = groups.map(({ size, start }) => {
        const own = slice(scores, 1, start, start + size);
        // The first of equal maxima: smaller values count as an index beyond the end.
        return neg(reduceMax(where(greater(reduceMax(own, 1), own), constant(-size), neg(indices(size))), 1));
      });
      return concat(drawn, 1);
    },
    evaluate: (_parameters, head, actions) => {
      const rows = head.shape[0]!;
      const perRow = (x: Tensor): Tensor => reshape(sum(x, [1]), [rows, 1]);
      const each = groups.map(({ size, start }, i) => {
        const logs = logSoftmax(slice(head, 1, start, start + size));
        const away = square(sub(slice(actions, 1, i, i + 1), indices(size)));
        return {
          logProbability: perRow(where(greater(away, constant(0.25)), constant(0), logs)),
          entropy: neg(perRow(mul(exp(logs), logs))),
        };
      });
      return each.reduce((a, b) => ({
        logProbability: add(a.logProbability, b.logProbability),
        entropy: add(a.entropy, b.entropy),
      }));
    },
  };
}
