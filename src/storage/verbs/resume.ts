import { sql } from 'drizzle-orm';
import type { CheckpointRef, Lease, LeaseState } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { growing } from '../sql/bind-data.ts';
import { expiryAfter, isHeld } from '../sql/lease.ts';

/**
 * Continues the attempt from a checkpoint: it inherits the reports up to it, what was attached by then and the pruner's note. One
 * statement, so readers see the whole curve or none, and repeating it changes nothing.
 *
 * It also inherits the data that were read and how far the search looked into them, since the checkpoint was learnt from those. If the
 * checkpoint was made with another source or other packages, the attempt has no source or packages hash.
 */
export async function resume(db: Db, lease: Lease, { hash }: Pick<CheckpointRef, 'hash'>): Promise<LeaseState> {
  const { rowCount } = await db.execute(sql`
    with origin as (select trial_id, attempt, step, made_at from checkpoints where hash = ${hash}),
    held as (
      update trials set lease_expires_at = ${expiryAfter(sql`${trials.leaseMs}`)}, (last_step, last_value) = (
        select reports.step, reports.value from reports, origin
        where reports.trial_id = trials.id and origin.trial_id = trials.id and reports.attempt = origin.attempt and reports.step <= origin.step
        order by reports.step desc limit 1
      )
      where ${isHeld(lease)} and exists (select from origin where origin.trial_id = trials.id) returning id, attempt
    ), copied as (
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values, reported_at)
      select reports.trial_id, held.attempt, reports.step, reports.value, metric_names, metric_values, reported_at
      from held, origin, reports
      where origin.trial_id = held.id and reports.trial_id = held.id and reports.attempt = origin.attempt and reports.step <= origin.step
      on conflict do nothing
    ), attached as (
      insert into trial_artifacts (trial_id, attempt, role, hash, attached_at)
      select held.id, held.attempt, role, hash, attached_at from held, origin, trial_artifacts kept
      where origin.trial_id = held.id and kept.trial_id = held.id and kept.attempt = origin.attempt and kept.attached_at <= origin.made_at
      on conflict do nothing
    ), searched as (
      insert into attempt_data (trial_id, attempt, name, hash, searched_until, withheld_from)
      select held.id, held.attempt, name, hash, searched_until, withheld_from from held, origin, attempt_data kept
      where origin.trial_id = held.id and kept.trial_id = held.id and kept.attempt = origin.attempt
      on conflict (trial_id, attempt, name) do update set ${growing}
    )
    update attempts set resumed_step = origin.step, inherited_step = maker.inherited_step,
      source_hash = case when maker.source_hash = attempts.source_hash then maker.source_hash end,
      packages_hash = case when maker.packages_hash = attempts.packages_hash then maker.packages_hash end,
      -- The newest note: it may tell of a promotion, and of later steps, which pruners pass over.
      note = (
        select before.note from attempts before
        where before.trial_id = held.id and before.attempt < held.attempt and before.note is not null order by before.attempt desc limit 1
      )
    from held, origin, attempts maker
    where origin.trial_id = held.id and maker.trial_id = held.id and maker.attempt = origin.attempt
      and attempts.trial_id = held.id and attempts.attempt = held.attempt`);
  return rowCount === 1 ? 'alive' : 'lost';
}
