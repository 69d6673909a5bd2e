import type { Direction } from '../../../src/search/trial/history.ts';

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Returns the rank of a value: 1 for the best; ties share their mean rank. */
export function rankAmong(value: number, others: readonly number[], direction: Direction): number {
  const better = others.filter((other) => (direction === 'minimize' ? other < value : other > value)).length;
  return 1 + better + 0.5 * others.filter((other) => other === value).length;
}
