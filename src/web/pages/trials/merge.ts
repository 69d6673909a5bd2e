import type { Changes } from '../../data/events.ts';
import type { Trial } from './columns.tsx';

/** Rows with the changed trials among them as they are now, in the same order; the same array where none is among them. */
export function merged(rows: readonly Trial[], changed: Changes['trials']): readonly Trial[] {
  const byNumber = new Map(changed.map((trial) => [trial.number, trial]));
  if (!rows.some(({ number }) => byNumber.has(number))) return rows;
  return rows.map((row) => {
    const now = byNumber.get(row.number);
    if (now === undefined) return row;
    const { revision: _, params = row.params, ...rest } = now;
    return { ...rest, params };
  });
}

/** Numbers of changed trials that are not among the rows and were not counted before. */
export function unseen(rows: readonly Trial[], changed: Changes['trials'], counted: ReadonlySet<number>, known: number): readonly number[] {
  const shown = new Set(rows.map(({ number }) => number));
  return changed.map(({ number }) => number).filter((number) => number >= known && !shown.has(number) && !counted.has(number));
}
