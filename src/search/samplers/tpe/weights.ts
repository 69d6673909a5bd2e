import type { TpeOptions } from './options.ts';

/** How many of n finished trials count as good. Several objectives need a whole front, so there the number is not capped. */
export function belowCount(n: number, gamma: TpeOptions['gamma'], objectives: number): number {
  if (gamma === 'hyperopt') return Math.min(Math.ceil(0.25 * Math.sqrt(n)), 25);
  const tenth = Math.ceil(0.1 * n);
  return objectives > 1 ? tenth : Math.min(tenth, 25);
}

/**
 * Weights of n observations (oldest first) and of the prior kernel behind them; they sum to 1. The latest 25 weigh the
 * same, older ones fall on a line down to 1/n of that, unless age is not to count.
 */
export function kernelWeights(n: number, priorWeight: number, ageing: boolean): Float64Array {
  const weights = new Float64Array(n + 1).fill(1);
  const ramp = ageing ? n - 25 : 0;
  for (let i = 0; i < ramp; i++) weights[i] = ramp === 1 ? 1 / n : 1 / n + (i / (ramp - 1)) * (1 - 1 / n);
  weights[n] = n === 0 ? 1 : priorWeight;
  let sum = 0;
  for (const weight of weights) sum += weight;
  return weights.map((weight) => weight / sum);
}
