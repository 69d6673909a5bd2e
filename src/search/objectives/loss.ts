import type { Direction, Observation } from '../trial/history.ts';

export type Complete = Extract<Observation, { state: 'complete' }>;
export type Pruned = Extract<Observation, { state: 'pruned' }>;

/** Loss of a value: smaller is better; NaN is worst. */
export function lossOf(value: number, direction: Direction): number {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return direction === 'minimize' ? value : -value;
}

/** Losses of a complete trial, one per objective; a missing value is worst. */
export function lossesOf({ value, values = [value] }: Complete, directions: readonly Direction[]): readonly number[] {
  return directions.map((direction, i) => lossOf(values[i] ?? Number.NaN, direction));
}

/** Sort key of pruned trials (lexicographic): a larger last step is better, whatever the values. */
export function prunedRank({ last }: Pruned, direction: Direction): readonly [number, number] {
  return last === null ? [1, 0] : [-last.step, lossOf(last.value, direction)];
}

/** Constraint violation of a trial: the sum of its positive constraint values; Infinity if one is NaN. */
export function violation({ constraints = [] }: Complete | Pruned): number {
  let sum = 0;
  for (const value of constraints) if (!(value <= 0)) sum += Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  return sum;
}
