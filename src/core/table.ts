import type { Json } from './json.ts';

/**
 * Named columns of numbers over one shared memory block, passed between threads without a copy; must not be written to. `meta` describes
 * the columns.
 */
export interface SharedTable {
  readonly name: string;
  /** SHA-256 of the stored bytes. */
  readonly hash: string;
  readonly rows: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly meta: Json;
  /** Rows of these times (epoch milliseconds, the end exclusive) are the study's vault and not here. Absent: all rows are. */
  readonly withheld?: { readonly fromMs: number; readonly untilMs: number };
}
