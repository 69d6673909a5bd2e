import type { Rng } from '../../core/rng.ts';
import { type Covariance, covarianceSize, type HmmParameters, parametersOf } from './model.ts';

/** Probability of staying in a state at first. */
const stay = 0.98;
const kMeansRounds = 5;

/**
 * The deterministic start: rows ranked by their last input (the range, for regimes) into K equal groups, with the means and variances of the
 * groups; each state stays with probability .98.
 */
export function rankStart(x: Float64Array, covariance: Covariance, states: number, inputs: number): HmmParameters {
  const rows = x.length / inputs;
  const order = Array.from({ length: rows }, (_, t) => t);
  // The sort is stable: equal inputs keep their order in time.
  order.sort((a, b) => x[a * inputs + inputs - 1]! - x[b * inputs + inputs - 1]!);
  const group = new Int32Array(rows);
  for (const [rank, t] of order.entries()) group[t] = Math.floor((rank * states) / rows);
  return fromGroups(x, group, covariance, states, inputs);
}

/** A random start: random rows as centres, five rounds of k-means. */
export function randomStart(x: Float64Array, covariance: Covariance, states: number, inputs: number, rng: Rng): HmmParameters {
  const rows = x.length / inputs;
  const centres = new Float64Array(states * inputs);
  for (let j = 0; j < states; j++) {
    const t = rng.int(rows);
    centres.set(x.subarray(t * inputs, (t + 1) * inputs), j * inputs);
  }
  const group = new Int32Array(rows);
  for (let round = 0; round < kMeansRounds; round++) {
    assign(x, centres, group, states, inputs);
    recentre(x, centres, group, states, inputs);
  }
  assign(x, centres, group, states, inputs);
  return fromGroups(x, group, covariance, states, inputs);
}

function assign(x: Float64Array, centres: Float64Array, group: Int32Array, states: number, inputs: number): void {
  for (let t = 0; t < group.length; t++) {
    let nearest = Number.POSITIVE_INFINITY;
    for (let j = 0; j < states; j++) {
      let distance = 0;
      for (let i = 0; i < inputs; i++) distance += (x[t * inputs + i]! - centres[j * inputs + i]!) ** 2;
      if (distance < nearest) {
        nearest = distance;
        group[t] = j;
      }
    }
  }
}

/** Moves each centre to the mean of its rows; a centre without rows stays. */
function recentre(x: Float64Array, centres: Float64Array, group: Int32Array, states: number, inputs: number): void {
  const sums = new Float64Array(states * inputs);
  const counts = new Float64Array(states);
  for (let t = 0; t < group.length; t++) {
    const j = group[t]!;
    counts[j]!++;
    for (let i = 0; i < inputs; i++) sums[j * inputs + i]! += x[t * inputs + i]!;
  }
  for (let j = 0; j < states; j++)
    if (counts[j]! > 0) for (let i = 0; i < inputs; i++) centres[j * inputs + i] = sums[j * inputs + i]! / counts[j]!;
}

/** Means and population covariances of groups of rows. A group without rows makes a covariance of 0, which no fit accepts. */
function fromGroups(x: Float64Array, group: Int32Array, covariance: Covariance, states: number, inputs: number): HmmParameters {
  const parameters = parametersOf(covariance, states, inputs);
  const { start, transition, means, covariances } = parameters;
  const counts = new Float64Array(states);
  for (const j of group) counts[j]!++;
  for (let t = 0; t < group.length; t++)
    for (let i = 0; i < inputs; i++) means[group[t]! * inputs + i]! += x[t * inputs + i]! / counts[group[t]!]!;
  const size = covarianceSize(covariance, inputs);
  for (let t = 0; t < group.length; t++) {
    const j = group[t]!;
    for (let i = 0; i < inputs; i++) {
      const own = x[t * inputs + i]! - means[j * inputs + i]!;
      if (covariance === 'diag') covariances[j * size + i]! += (own * own) / counts[j]!;
      else
        for (let m = 0; m < inputs; m++)
          covariances[j * size + i * inputs + m]! += (own * (x[t * inputs + m]! - means[j * inputs + m]!)) / counts[j]!;
    }
  }
  start.fill(1 / states);
  const leave = states === 1 ? 0 : (1 - stay) / (states - 1);
  for (let j = 0; j < states; j++) for (let i = 0; i < states; i++) transition[j * states + i] = i === j ? 1 - leave * (states - 1) : leave;
  return parameters;
}
