import type { RowRange } from '../feature-set.ts';
import { densitiesOf } from './densities.ts';
import { type Expectation, expectation, forward, type Workspace, workspaceOf } from './expectation.ts';
import { expectation3x2 } from './expectation-3x2.ts';
import { covarianceSize, type HmmParameters, parametersOf } from './model.ts';

export interface BaumWelchOptions {
  /** Most M steps. */
  readonly iterations: number;
  /** Stops at a gain of log L below this. */
  readonly tolerance: number;
  /** Least variance; 0: none. */
  readonly floor: number;
  /** A state with a smaller sum of probabilities is dead, and so is the fit. */
  readonly leastWeight: number;
}

/** A fit from one start, or why there is none. */
export type BaumWelch =
  | {
      readonly parameters: HmmParameters;
      /** Before each M step, and after the last. */
      readonly logLikelihoods: readonly number[];
      readonly converged: boolean;
    }
  | { readonly failed: 'dead state' | 'not positive definite' };

/**
 * Maximises the likelihood of the rows of inputs by expectation and maximisation (Baum, Petrie, Soules and Weiss 1970; Rabiner 1989), without
 * priors.
 * @param x rows x d, standardised.
 * @param ranges rows of each sequence: each begins anew, and what is expected is summed over them (Rabiner 1989, section V.B). Default: one.
 */
export function baumWelch(
  start: HmmParameters,
  x: Float64Array,
  options: BaumWelchOptions,
  ranges: readonly RowRange[] = [{ from: 0, to: x.length / start.inputs }],
): BaumWelch {
  const sequences = ranges.map(({ from, to }) => ({
    x: x.subarray(from * start.inputs, to * start.inputs),
    workspace: workspaceOf(to - from, start.states),
  }));
  const step = stepOf(start);
  const logLikelihoods: number[] = [];
  let parameters = start;
  for (let i = 0; ; i++) {
    // After the last M step only the likelihood is needed.
    const expected = i < options.iterations ? sumOf(sequences.map((one) => step(parameters, one.x, one.workspace))) : null;
    const logLikelihood = i < options.iterations ? expected?.logLikelihood : likelihoodOf(parameters, sequences);
    if (logLikelihood === undefined || !Number.isFinite(logLikelihood)) return { failed: 'not positive definite' };
    const gain = logLikelihood - (logLikelihoods.at(-1) ?? Number.NEGATIVE_INFINITY);
    logLikelihoods.push(logLikelihood);
    const converged = gain < options.tolerance;
    if (converged || expected === null) return { parameters, logLikelihoods, converged };
    if (expected.weights.some((weight) => !(weight >= options.leastWeight))) return { failed: 'dead state' };
    parameters = maximisation(parameters, expected, options.floor);
  }
}

function stepOf({ states, inputs, covariance }: HmmParameters): typeof expectation {
  return covariance === 'diag' && states === 3 && inputs === 2 ? expectation3x2 : expectation;
}

/** The expectations of all sequences; null if one has none. */
function sumOf([first, ...others]: readonly (Expectation | null)[]): Expectation | null {
  if (first === undefined || first === null) return null;
  let logLikelihood = first.logLikelihood;
  for (const other of others) {
    if (other === null) return null;
    logLikelihood += other.logLikelihood;
    for (const name of ['first', 'weights', 'moves', 'sums', 'squares'] as const)
      for (let i = 0; i < first[name].length; i++) first[name][i]! += other[name][i]!;
  }
  return { ...first, logLikelihood };
}

function likelihoodOf(
  parameters: HmmParameters,
  sequences: readonly { readonly x: Float64Array; readonly workspace: Workspace }[],
): number | undefined {
  const densities = densitiesOf(parameters);
  if (densities === null) return undefined;
  return sequences.reduce((sum, { x, workspace }) => sum + forward(parameters, densities, x, workspace), 0);
}

/**
 * The M step. The sums are of distances from the old means, so that the variance about the new mean, S2 / w - (S1 / w)^2, subtracts no more
 * than the square of the mean's move.
 */
function maximisation(old: HmmParameters, { first, weights, moves, sums, squares }: Expectation, floor: number): HmmParameters {
  const { states, inputs: d, covariance } = old;
  const size = covarianceSize(covariance, d);
  const next = parametersOf(covariance, states, d);
  const total = first.reduce((sum, value) => sum + value, 0);
  for (let j = 0; j < states; j++) {
    next.start[j] = first[j]! / total;
    let from = 0;
    for (let i = 0; i < states; i++) from += moves[j * states + i]!;
    for (let i = 0; i < states; i++)
      next.transition[j * states + i] = from > 0 ? moves[j * states + i]! / from : old.transition[j * states + i]!;
    const weight = weights[j]!;
    const move = (i: number): number => sums[j * d + i]! / weight;
    for (let i = 0; i < d; i++) next.means[j * d + i] = old.means[j * d + i]! + move(i);
    if (covariance === 'diag')
      for (let i = 0; i < d; i++) next.covariances[j * size + i] = Math.max(floor, squares[j * size + i]! / weight - move(i) ** 2);
    else
      for (let i = 0; i < d; i++)
        for (let m = 0; m <= i; m++) {
          const value = squares[j * size + i * d + m]! / weight - move(i) * move(m);
          next.covariances[j * size + i * d + m] = next.covariances[j * size + m * d + i] = i === m ? Math.max(floor, value) : value;
        }
  }
  return next;
}
