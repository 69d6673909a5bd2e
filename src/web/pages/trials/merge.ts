import type { Changes } from '../../data/events.ts';
import type { Trial } from './columns.tsx';

/**
 * Rows with the changed trials among them as they are now, in the same order; the same array where none is among them.
 * @param onTheirWay true: the changes were heard while the rows were on their way, so a row may be newer, which its revision tells
 */
export function merged(rows: readonly Trial[], changed: Changes['trials'], onTheirWay = false): readonly Trial[] {
  const byNumber = new Map(changed.map((trial) => [trial.number, trial]));
  if (!rows.some(({ number }) => byNumber.has(number))) return rows;
  return rows.map((row) => {
    const now = byNumber.get(row.number);
    if (now === undefined || (onTheirWay && now.revision < row.revision)) return row;
    const { params = row.params, ...rest } = now;
    return { ...rest, params };
  });
}

/** Numbers of changed trials that are not among the rows and were not counted before. */
export function unseen(rows: readonly Trial[], changed: Changes['trials'], counted: ReadonlySet<number>, known: number): readonly number[] {
  const shown = new Set(rows.map(({ number }) => number));
  return changed.map(({ number }) => number).filter((number) => number >= known && !shown.has(number) && !counted.has(number));
}
