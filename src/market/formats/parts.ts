import { AssayError } from '../../core/errors.ts';
import { type BarTable, joinedBars, keptBars } from './bar-table.ts';
import { isoOf } from './order.ts';

/** The bars of one file, in ascending order. */
export interface Part {
  readonly path: string;
  readonly table: BarTable;
}

/** The bars of one symbol from one file or several. */
export interface JoinedParts {
  readonly table: BarTable;
  /** Number of bars that a later file repeats. */
  readonly repeated: number;
  /** File and line of a row. */
  readonly placeOf: (row: number) => string;
}

const compared = ['open', 'high', 'low', 'close', 'volume'] as const;

/**
 * Joins parts in time order. Where two overlap, both must hold the same bars.
 * @throws AssayError `data_invalid` at the first bar that differs or is missing in one of the two.
 */
export function joinParts(parts: readonly Part[], symbol: string): JoinedParts {
  const sorted = parts.filter(({ table }) => table.time.length > 0).toSorted((one, other) => one.table.time[0]! - other.table.time[0]!);
  const kept: Part[] = [];
  let repeated = 0;
  for (const part of sorted) {
    const before = kept.at(-1);
    const endMs = before?.table.time.at(-1) ?? Number.NEGATIVE_INFINITY;
    const { time } = part.table;
    if (before !== undefined && time[0]! <= endMs) repeated += checkOverlap(before, part, symbol);
    const rest = keptBars(part.table, (row) => time[row]! > endMs);
    if (rest.time.length > 0) kept.push({ path: part.path, table: rest });
  }
  const ends = kept.map(({ table }) => table.time.length);
  for (let i = 1; i < ends.length; i++) ends[i]! += ends[i - 1]!;
  const table = joinedBars(kept.map((part) => part.table));
  return { table, repeated, placeOf: (row) => `${kept[ends.findIndex((end) => row < end)]?.path}:${table.line[row]}` };
}

/** Checks the times that two parts have in common, and counts them. `before` begins first. */
function checkOverlap(before: Part, part: Part, symbol: string): number {
  const [old, now] = [before.table, part.table];
  let i = old.time.findIndex((time) => time >= now.time[0]!);
  let j = 0;
  for (; i < old.time.length && j < now.time.length; i++, j++) {
    const [one, other] = [old.time[i]!, now.time[j]!];
    const column = one === other ? compared.find((field) => old[field][i] !== now[field][j]) : 'time';
    if (column === undefined) continue;
    const what =
      column === 'time'
        ? `a bar at ${isoOf(Math.min(one, other))} is in one of them only`
        : `${column} is ${old[column][i]} and ${now[column][j]} at ${isoOf(one)}`;
    throw new AssayError('data_invalid', `two files of ${symbol} overlap and differ: ${what}`, {
      place: `${before.path}:${old.line[i]} and ${part.path}:${now.line[j]}`,
      hint: 'give parts that follow one another or repeat the same bars; files of different instruments need a symbol each: --symbols A,B',
    });
  }
  return j;
}
