import { AssayError } from '../../core/errors.ts';
import type { SharedTable } from '../../core/table.ts';
import type { Vault } from '../../core/vault.ts';

/**
 * Returns the last sessions of a table as its vault (null: none are asked for).
 * @param sessions how many, from the number of all
 * @throws AssayError `data_invalid` for a table without the columns `time` and `session`; errors of `sessions`
 */
export function vaultOf(table: SharedTable, sessions: (all: number) => number): Vault | null {
  const { time, session } = table.columns;
  const barMs = (table.meta as { readonly barMs?: unknown } | null)?.barMs;
  if (time === undefined || session === undefined || typeof barMs !== 'number')
    throw new AssayError('data_invalid', `the table ${table.name} has no sessions, so no vault can be kept of it`);
  const all = table.rows === 0 ? 0 : session[table.rows - 1]! + 1;
  const kept = sessions(all);
  if (kept === 0) return null;
  const row = session.findIndex((own) => own >= all - kept);
  const { name: dataset, hash, rows } = table;
  return { dataset, hash, sessions: kept, fromMs: time[row]!, untilMs: time[rows - 1]! + barMs };
}

/**
 * Returns the table without the vault's bars, copied, so that they are not in its memory either. Other data sets and contents are returned
 * as they are.
 */
export function withoutVault(table: SharedTable, vault: Vault | null): SharedTable {
  if (vault === null || vault.dataset !== table.name || vault.hash !== table.hash) return table;
  const { time } = table.columns;
  const first = time?.findIndex((at) => at >= vault.fromMs) ?? -1;
  const rows = first === -1 ? table.rows : first;
  const { fromMs, untilMs } = vault;
  return { ...table, rows, withheld: { fromMs, untilMs }, columns: copied(table.columns, rows) };
}

/** The first rows of each column, in shared memory of their own, copied when a column is first used. */
function copied(columns: SharedTable['columns'], rows: number): SharedTable['columns'] {
  const copies: Record<string, Float64Array> = {};
  for (const name of Object.keys(columns)) {
    let copy: Float64Array | undefined;
    const make = (): Float64Array => {
      const made = new Float64Array(new SharedArrayBuffer(rows * Float64Array.BYTES_PER_ELEMENT));
      made.set(columns[name]!.subarray(0, rows));
      return made;
    };
    Object.defineProperty(copies, name, { enumerable: true, get: () => (copy ??= make()) });
  }
  return copies;
}
