import { sql } from 'drizzle-orm';
import type { Expiries, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { prepared } from '../sql/prepared.ts';

const readExpiries = prepared<{ lapsed: readonly StudyId[]; next_ms: number | null }, 'studies'>(
  'expiries',
  (value) => sql`
    select coalesce(array_agg(distinct study_id) filter (where left_ms <= 0), '{}') as lapsed, min(left_ms) filter (where left_ms > 0) as next_ms
    from (
      select study_id, extract(epoch from lease_expires_at - clock_timestamp())::float8 * 1000 as left_ms from trials
      where study_id = any(${value('studies')}::int[]) and state in ('queued', 'running') and state = 'running'
    ) as leases`,
);

/**
 * Studies with an expired lease, and the milliseconds until the next lease expires (null: none is alive). Reads only the index of open
 * trials, so waiting workers may call it often.
 */
export async function expiries(db: Db, studies: readonly StudyId[]): Promise<Expiries> {
  const { rows } = await readExpiries(db, { studies });
  const { lapsed, next_ms } = rows[0]!;
  return { lapsed, nextMs: next_ms };
}
