import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { isTime } from '../../core/time.ts';
import type { DataDay } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';

/**
 * Writes down what the sessions of a content of data are, unless they are known. Each row is compared whole: no other row stands for it.
 * @throws AssayError `data_invalid` for a session that begins at no time
 */
export async function recordDataDays(db: Db, dataHash: string, days: readonly DataDay[]): Promise<void> {
  if (days.length === 0) return;
  const timeless = days.find(({ startsMs }) => !isTime(startsMs));
  if (timeless !== undefined)
    throw new AssayError(
      'data_invalid',
      `a session of the data ${dataHash.slice(0, 12)} begins at ${timeless.startsMs}, which is no time`,
      {
        hint: 'import or generate the data set again, under another name',
      },
    );
  const starts = sql.param(days.map(({ startsMs }) => new Date(startsMs).toISOString()));
  await db.execute(sql`
    insert into data_days (data_hash, starts_at, bars_hash)
    select distinct ${dataHash}, starts_at, bars_hash
    from unnest(${starts}::timestamptz[], ${sql.param(days.map(({ hash }) => hash))}::text[]) as day (starts_at, bars_hash)
    where not exists (select from data_days as known
      where known.data_hash = ${dataHash} and known.starts_at = day.starts_at and known.bars_hash = day.bars_hash)
    on conflict do nothing`);
}
