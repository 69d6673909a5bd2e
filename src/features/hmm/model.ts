import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';

export type Covariance = 'diag' | 'full';

const numbers = z.array(z.number());

/** A fitted Gaussian hidden Markov model as plain data: K states over d inputs. */
export const hmmModelSchema = z.discriminatedUnion('covariance', [
  z.strictObject({
    covariance: z.literal('diag'),
    start: numbers,
    transition: z.array(numbers),
    means: z.array(numbers),
    /** K x d variances. */
    covariances: z.array(numbers),
  }),
  z.strictObject({
    covariance: z.literal('full'),
    start: numbers,
    transition: z.array(numbers),
    means: z.array(numbers),
    /** K x d x d. */
    covariances: z.array(z.array(numbers)),
  }),
]);
export type HmmModel = z.infer<typeof hmmModelSchema>;

/** The parameters in flat arrays, row-major. */
export interface HmmParameters {
  readonly covariance: Covariance;
  /** K */
  readonly states: number;
  /** d */
  readonly inputs: number;
  /** K */
  readonly start: Float64Array;
  /** K x K, from row to column. */
  readonly transition: Float64Array;
  /** K x d */
  readonly means: Float64Array;
  /** diag: K x d variances; full: K x d x d. */
  readonly covariances: Float64Array;
}

/** Numbers of one state's covariance. */
export function covarianceSize(covariance: Covariance, inputs: number): number {
  return covariance === 'diag' ? inputs : inputs * inputs;
}

/** Empty parameters. */
export function parametersOf(covariance: Covariance, states: number, inputs: number): HmmParameters {
  return {
    covariance,
    states,
    inputs,
    start: new Float64Array(states),
    transition: new Float64Array(states * states),
    means: new Float64Array(states * inputs),
    covariances: new Float64Array(states * covarianceSize(covariance, inputs)),
  };
}

/** @throws AssayError `data_invalid` for sizes that do not fit together. */
export function fromModel(model: HmmModel): HmmParameters {
  const [states, inputs] = [model.start.length, model.means[0]?.length ?? 0];
  const parameters = parametersOf(model.covariance, states, inputs);
  const parts = [
    [parameters.start, model.start],
    [parameters.transition, model.transition.flat()],
    [parameters.means, model.means.flat()],
    [parameters.covariances, model.covariances.flat(2) as number[]],
  ] as const;
  for (const [to, from] of parts) {
    if (states === 0 || inputs === 0 || to.length !== from.length)
      throw new AssayError(
        'data_invalid',
        `the parts of a hidden Markov model of ${states} states and ${inputs} inputs do not fit together`,
      );
    to.set(from);
  }
  return parameters;
}

export function toModel({ covariance, states, inputs, start, transition, means, covariances }: HmmParameters): HmmModel {
  const rows = (values: Float64Array, width: number): number[][] =>
    Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
  const shared = { start: [...start], transition: rows(transition, states), means: rows(means, inputs) };
  if (covariance === 'diag') return { covariance, ...shared, covariances: rows(covariances, inputs) };
  const lines = rows(covariances, inputs);
  return { covariance, ...shared, covariances: Array.from({ length: states }, (_, j) => lines.slice(j * inputs, (j + 1) * inputs)) };
}

/** Trace of each state's covariance: how turbulent it is. */
export function traces({ covariance, states, inputs, covariances }: HmmParameters): readonly number[] {
  const size = covarianceSize(covariance, inputs);
  const step = covariance === 'diag' ? 1 : inputs + 1;
  return Array.from({ length: states }, (_, j) => {
    let trace = 0;
    for (let i = 0; i < inputs; i++) trace += covariances[j * size + i * step]!;
    return trace;
  });
}

/** The same model with its states in rising order of variance: 0 is the calm one. A fit finds them in any order. */
export function inOrder(parameters: HmmParameters): HmmParameters {
  const { covariance, states, inputs } = parameters;
  const of = traces(parameters);
  const order = of.map((_, j) => j).sort((a, b) => of[a]! - of[b]! || a - b);
  const ordered = parametersOf(covariance, states, inputs);
  const size = covarianceSize(covariance, inputs);
  for (const [to, from] of order.entries()) {
    ordered.start[to] = parameters.start[from]!;
    for (const [column, other] of order.entries()) ordered.transition[to * states + column] = parameters.transition[from * states + other]!;
    ordered.means.set(parameters.means.subarray(from * inputs, (from + 1) * inputs), to * inputs);
    ordered.covariances.set(parameters.covariances.subarray(from * size, (from + 1) * size), to * size);
  }
  return ordered;
}

/** Number of free parameters: (K - 1) + K (K - 1) + 2 K d, or K d (d + 3) / 2 in place of the last for full covariances. */
export function freeParameters(covariance: Covariance, states: number, inputs: number): number {
  const shape = covariance === 'diag' ? 2 * states * inputs : (states * inputs * (inputs + 3)) / 2;
  return states - 1 + states * (states - 1) + shape;
}
