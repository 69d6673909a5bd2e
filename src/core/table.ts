import type { Json } from './json.ts';

/**
 * Named columns of numbers over one shared memory block: read-only by agreement, handed between threads without a copy.
 * What the columns mean is the business of whoever wrote them (`meta` says so).
 */
export interface SharedTable {
  readonly name: string;
  /** SHA-256 of the stored bytes. */
  readonly hash: string;
  readonly rows: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly meta: Json;
}
