import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { endForeignAttempts, keepsLease } from '../sql/foreign-end.ts';
import { nextRevision } from '../sql/lease.ts';

/**
 * Cancels a trial: a queued or paused one at once, and a running one of another program's client, whose next write is refused; a running one
 * of ours at its next report or renewal. Safe to repeat; its place in the budget is free again.
 * @throws AssayError `conflict` for a trial that has ended or does not exist
 */
export async function cancelTrial(db: Db, study: StudyId, number: number, by: string): Promise<'cancelled' | 'requested'> {
  const { rows } = await db.execute<{ told: boolean }>(sql`
    with found as (
      select id, study_id, state, state <> 'cancelled' and cancel_requested_by is null as changes, state = 'running' and foreign_kind is null as told from trials
      where study_id = ${study} and number = ${number} and state in ('queued', 'running', 'paused', 'cancelled') for no key update
    ), study as (${nextRevision(
      sql`select study_id from found where changes`,
      sql`select count(*) from found where changes and not told`,
    )}),
    ended as (${endForeignAttempts(sql`select id from found where changes and not told`)}),
    changed as (
      update trials set revision = study.revision,
        state = case when told then found.state else 'cancelled' end,
        finished_at = case when not told then clock_timestamp() end,
        cancelled_by = case when not told then ${by} end,
        paused_by = null, at_step = null, reason = null,
        cancel_requested_by = case when told then ${by} end,
        ${keepsLease(sql`told`)}
      from found, study where trials.id = found.id and found.changes
    )
    select told from found`);
  const row = rows[0];
  if (row === undefined)
    throw new AssayError('conflict', `trial ${number} has ended, or there is none`, {
      hint: 'only a trial that is not finished can be cancelled',
    });
  return row.told ? 'requested' : 'cancelled';
}
