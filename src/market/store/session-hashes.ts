import { createHash } from 'node:crypto';
import type { SharedTable } from '../../core/table.ts';
import { barFields } from '../bars.ts';
import { columnName } from './layout.ts';

/** The bars of one symbol in one session, by a hash of their content. */
export interface SessionHash {
  /** Start of the session's first bar, epoch milliseconds. */
  readonly startsMs: number;
  /** SHA-256 of the times and the five columns, float64 little-endian; -0 is 0, and every NaN the same one. */
  readonly hash: string;
}

/**
 * Hashes every session of every symbol of a table, so that the same bars are known in another data set: one with more days, other symbols or
 * columns, or other names. Empty for a table without bars.
 */
export function sessionHashes({ columns, meta, rows }: SharedTable): readonly SessionHash[] {
  const { time, session } = columns;
  const symbols = (meta as { readonly symbols?: unknown } | null)?.symbols;
  if (time === undefined || session === undefined || !Array.isArray(symbols)) return [];
  const hashes: SessionHash[] = [];
  for (const symbol of symbols as readonly string[]) {
    const parts = [time, ...barFields.flatMap((field) => columns[columnName(symbol, field)] ?? [])];
    if (parts.length !== 1 + barFields.length) continue;
    for (let from = 0; from < rows; ) {
      let to = from + 1;
      while (to < rows && session[to] === session[from]) to++;
      const hash = createHash('sha256');
      for (const part of parts) hash.update(bytesOf(part, from, to));
      hashes.push({ startsMs: time[from]!, hash: hash.digest('hex') });
      from = to;
    }
  }
  return hashes;
}

/** A copy, as a hash takes no shared memory, in which equal numbers have equal bytes. */
function bytesOf(column: Float64Array, from: number, to: number): Uint8Array {
  const values = new Float64Array(to - from);
  for (let i = 0; i < values.length; i++) {
    const value = column[from + i]!;
    values[i] = Number.isNaN(value) ? Number.NaN : value + 0;
  }
  return new Uint8Array(values.buffer);
}
