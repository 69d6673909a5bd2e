import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../storage/database.ts';

/** Rows of one read, so that an export takes the same memory for any number. */
const rowsPerPage = 500;

/**
 * Reads a study page by page, in the order of its trials.
 * @param read reads the trials behind a number, or what belongs to them
 * @param numberOf the number of the last trial of a page
 */
export async function* pagesOf<Row>(
  read: (after: number, limit: number) => Promise<readonly Row[]>,
  numberOf: (row: Row) => number,
): AsyncGenerator<readonly Row[]> {
  let after = -1;
  for (;;) {
    const page = await read(after, rowsPerPage);
    const last = page.at(-1);
    if (last === undefined) return;
    after = numberOf(last);
    yield page;
  }
}

/**
 * Reads the rows of any query page by page, within the transaction. One cursor at a time.
 * @param query without bound values, which a cursor does not take
 */
export async function* cursorPages<Row extends Record<string, unknown>>(tx: Db, query: SQL): AsyncGenerator<readonly Row[]> {
  await tx.execute(sql`declare exported no scroll cursor for ${query}`);
  for (;;) {
    const { rows } = await tx.execute<Row>(sql`fetch forward ${sql.raw(String(rowsPerPage))} from exported`);
    if (rows.length === 0) break;
    yield rows as unknown as readonly Row[];
  }
  await tx.execute(sql`close exported`);
}
