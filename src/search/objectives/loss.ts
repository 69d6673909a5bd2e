import type { Direction, Observation } from '../trial/history.ts';

export type Complete = Extract<Observation, { state: 'complete' }>;
export type Pruned = Extract<Observation, { state: 'pruned' }>;

/** Smaller is better; NaN is worst. */
export function lossOf(value: number, direction: Direction): number {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return direction === 'minimize' ? value : -value;
}

/** A complete trial's loss in every objective; a value that is missing is worst. */
export function lossesOf({ value, values = [value] }: Complete, directions: readonly Direction[]): readonly number[] {
  return directions.map((direction, i) => lossOf(values[i] ?? Number.NaN, direction));
}

/** Pruned trials in the lexicographic order of this key: who got further is better, whatever the values. */
export function prunedRank({ last }: Pruned, direction: Direction): readonly [number, number] {
  return last === null ? [1, 0] : [-last.step, lossOf(last.value, direction)];
}

/** How far a trial is from feasible: the sum of its positive constraint values; a NaN among them is infinitely far. */
export function violation({ constraints = [] }: Complete | Pruned): number {
  let sum = 0;
  for (const value of constraints) if (!(value <= 0)) sum += Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  return sum;
}
