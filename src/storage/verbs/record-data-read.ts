import { sql } from 'drizzle-orm';
import type { DataRead, Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { binding, growing } from '../sql/bind-data.ts';
import { isHeld } from '../sql/lease.ts';

/** Binds the name to this content in the study, then records the read if the content is the bound one, in one statement. */
export async function recordDataRead(
  db: Db,
  lease: Lease,
  { name, hash, searchedUntilMs, withheldFromMs }: DataRead,
): Promise<LeaseState | 'other_data'> {
  const time = (ms: number | null | undefined) => (ms == null ? sql`null::timestamptz` : sql`${new Date(ms)}::timestamptz`);
  const { rows } = await db.execute<{ hash: string }>(sql`
    with held as (select id, study_id, attempt from trials where ${isHeld(lease)} for no key update),
    bound as (${binding(sql`select study_id, ${name}, ${hash} from held`)}),
    written as (
      insert into attempt_data (trial_id, attempt, name, hash, searched_until, withheld_from)
      select held.id, held.attempt, ${name}, bound.hash, ${time(searchedUntilMs)}, ${time(withheldFromMs)} from held, bound where bound.hash = ${hash}
      on conflict (trial_id, attempt, name) do update set ${growing}
    )
    select hash from bound`);
  const [bound] = rows;
  if (bound === undefined) return 'lost';
  return bound.hash === hash ? 'alive' : 'other_data';
}
