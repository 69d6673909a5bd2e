import { sql } from 'drizzle-orm';
import type { SharedTable } from '../../core/table.ts';
import { lastSessionStart, sessionHashes } from '../../market/store/session-hashes.ts';
import type { Db } from '../database.ts';

/**
 * Writes down what the sessions of a table are, unless they are known: before anybody looks at them, so that looks are counted over every
 * content of data that has the same bars. A table without its vault adds the sessions that it has.
 */
export async function recordDataDays(db: Db, table: SharedTable): Promise<void> {
  const last = lastSessionStart(table);
  if (last === null) return;
  const { rows } = await db.execute<{ known: boolean }>(sql`
    select exists (select from data_days where data_hash = ${table.hash} and starts_at >= ${new Date(last).toISOString()}::timestamptz) as known`);
  if (rows[0]?.known === true) return;
  const days = sessionHashes(table);
  await db.execute(sql`
    insert into data_days (data_hash, starts_at, bars_hash)
    select ${table.hash}, starts_at, bars_hash
    from unnest(${sql.param(days.map(({ startsMs }) => new Date(startsMs).toISOString()))}::timestamptz[], ${sql.param(days.map(({ hash }) => hash))}::text[])
      as day (starts_at, bars_hash)
    on conflict do nothing`);
}

/**
 * The sessions of other contents of data whose bars these contents have, too, as a statement: `data_hash`, `starts_at`. What was never
 * validated is not known here.
 */
export function sameDays(dataHashes: readonly string[]) {
  return sql`select distinct theirs.data_hash, theirs.starts_at from data_days as own join data_days as theirs using (bars_hash)
    where own.data_hash = any(${sql.param(dataHashes)}::text[]) and theirs.data_hash <> all(${sql.param(dataHashes)}::text[])`;
}
