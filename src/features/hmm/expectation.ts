import { type Densities, densitiesOf } from './densities.ts';
import type { HmmParameters } from './model.ts';
import { covarianceSize } from './model.ts';

/** What the M step needs: sums over rows, weighted by the smoothed probabilities g_t(j). */
export interface Expectation {
  readonly logLikelihood: number;
  /** g_1(j) */
  readonly first: Float64Array;
  /** sum_t g_t(j) */
  readonly weights: Float64Array;
  /** sum_t xi_t(i, j), K x K */
  readonly moves: Float64Array;
  /** sum_t g_t(j) (x_t - m_j), K x d, with the old means */
  readonly sums: Float64Array;
  /** sum_t g_t(j) (x_t - m_j)^2, K x d; full: of the products, K x d x d */
  readonly squares: Float64Array;
}

/** Arrays that the passes over the rows share. */
export interface Workspace {
  readonly rows: number;
  /** rows x K: filtered probabilities. */
  readonly alpha: Float64Array;
  /** rows x K: densities, the largest of a row 1, over the row's normaliser. */
  readonly scaled: Float64Array;
}

export function workspaceOf(rows: number, states: number): Workspace {
  return { rows, alpha: new Float64Array(rows * states), scaled: new Float64Array(rows * states) };
}

export function emptyExpectation({ states, inputs, covariance }: HmmParameters, logLikelihood: number): Expectation {
  return {
    logLikelihood,
    first: new Float64Array(states),
    weights: new Float64Array(states),
    moves: new Float64Array(states * states),
    sums: new Float64Array(states * inputs),
    squares: new Float64Array(states * covarianceSize(covariance, inputs)),
  };
}

/**
 * The E step of Baum-Welch for any number of states and inputs, by scaled forward and backward variables (Rabiner 1989): time
 * O(rows x (K^2 + K d)), nothing of size rows x K x K.
 * @returns null if a covariance is not positive definite or no state can explain a row.
 */
export function expectation(parameters: HmmParameters, x: Float64Array, workspace: Workspace): Expectation | null {
  const densities = densitiesOf(parameters);
  if (densities === null) return null;
  const logLikelihood = forward(parameters, densities, x, workspace);
  if (!Number.isFinite(logLikelihood)) return null;
  const result = emptyExpectation(parameters, logLikelihood);
  backward(parameters, x, workspace, result);
  return result;
}

/** log L of the rows; fills the workspace. Not finite where the model cannot explain them. */
export function forward(
  { states, inputs, start, transition }: HmmParameters,
  densities: Densities,
  x: Float64Array,
  { rows, alpha, scaled }: Workspace,
): number {
  const logs = new Float64Array(states);
  let logLikelihood = 0;
  for (let t = 0; t < rows; t++) {
    const at = t * states;
    densities.of(x, t * inputs, logs);
    let largest = logs[0]!;
    for (let j = 1; j < states; j++) if (logs[j]! > largest) largest = logs[j]!;
    let sum = 0;
    for (let j = 0; j < states; j++) {
      let predicted = 0;
      if (t === 0) predicted = start[j]!;
      else for (let i = 0; i < states; i++) predicted += alpha[at - states + i]! * transition[i * states + j]!;
      const density = Math.exp(logs[j]! - largest);
      scaled[at + j] = density;
      const value = predicted * density;
      alpha[at + j] = value;
      sum += value;
    }
    for (let j = 0; j < states; j++) {
      alpha[at + j]! /= sum;
      scaled[at + j]! /= sum;
    }
    logLikelihood += Math.log(sum) + largest;
  }
  return logLikelihood;
}

function backward(parameters: HmmParameters, x: Float64Array, { rows, alpha, scaled }: Workspace, result: Expectation): void {
  const { states, inputs: d, transition, means, covariance } = parameters;
  const { first, weights, moves, sums, squares } = result;
  const beta = new Float64Array(states).fill(1);
  const weighted = new Float64Array(states);
  const distance = new Float64Array(d);
  const size = covarianceSize(covariance, d);
  for (let t = rows - 1; t >= 0; t--) {
    const at = t * states;
    for (let j = 0; j < states; j++) {
      const g = alpha[at + j]! * beta[j]!;
      weights[j]! += g;
      for (let i = 0; i < d; i++) {
        distance[i] = x[t * d + i]! - means[j * d + i]!;
        sums[j * d + i]! += g * distance[i]!;
      }
      if (covariance === 'diag') for (let i = 0; i < d; i++) squares[j * size + i]! += g * distance[i]! * distance[i]!;
      else for (let i = 0; i < d; i++) for (let m = 0; m <= i; m++) squares[j * size + i * d + m]! += g * distance[i]! * distance[m]!;
      if (t === 0) first[j] = g;
    }
    if (t === 0) break;
    for (let j = 0; j < states; j++) weighted[j] = scaled[at + j]! * beta[j]!;
    for (let i = 0; i < states; i++) {
      const before = alpha[at - states + i]!;
      let sum = 0;
      for (let j = 0; j < states; j++) {
        const move = transition[i * states + j]! * weighted[j]!;
        moves[i * states + j]! += before * move;
        sum += move;
      }
      beta[i] = sum;
    }
  }
}
