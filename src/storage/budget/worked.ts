import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';

/**
 * Working time of a study in milliseconds: the union of the intervals in which an attempt held its lease. Concurrent trials count once,
 * time without workers does not count, and a worker that died worked until its lease expired.
 */
export async function workedMs(db: Db, study: StudyId): Promise<number> {
  const { rows } = await db.execute<{ ms: string | number }>(sql`
    select coalesce(sum(extract(epoch from upper(span) - lower(span)) * 1000), 0)::float8 as ms
    from unnest((
      select range_agg(tstzrange(attempts.started_at,
        greatest(attempts.started_at, coalesce(attempts.ended_at, least(clock_timestamp(), trials.lease_expires_at)))))
      from attempts join trials on trials.id = attempts.trial_id where trials.study_id = ${study}
    )) as span`);
  return Number(rows[0]?.ms ?? 0);
}
