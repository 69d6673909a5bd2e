import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { nextRevision } from '../sql/lease.ts';
import { requireOpen } from '../sql/require-open.ts';

/**
 * Pauses a trial until a person resumes it: at once if it is queued or was paused by the pruner, otherwise at its next report, with the
 * grace period to save a checkpoint. It keeps its place in the budget. Safe to repeat.
 * @throws AssayError `conflict` for a trial that has ended or does not exist, and for one of another program's client
 */
export async function pauseTrial(db: Db, study: StudyId, number: number, by: string): Promise<'paused' | 'requested'> {
  const { rows } = await db.execute<{ state: TrialState | null }>(sql`
    with open as (
      select id, study_id, state, coalesce(pause_requested_by, case when at_step is null then paused_by end) is null as changes from trials
      where study_id = ${study} and number = ${number} and state in ('queued', 'running', 'paused') and foreign_kind is null for no key update
    ), study as (${nextRevision(sql`select study_id from open where changes`)}),
    paused as (
      update trials set state = case when open.state = 'running' then 'running' else 'paused' end::trial_state,
        paused_by = case when open.state <> 'running' then ${by} end, at_step = null, reason = null,
        pause_requested_by = case when open.state = 'running' then ${by} end,
        revision = study.revision
      from open, study where trials.id = open.id and open.changes
    )
    select state from open
    union all select null from trials where study_id = ${study} and number = ${number} and foreign_kind is not null`);
  if (rows[0]?.state === null)
    throw new AssayError('conflict', `trial ${number} is run by a client of another program, which cannot pause it`, {
      hint: 'assay trial cancel ends it; assay study pause keeps new ones from beginning',
    });
  return requireOpen(rows, number).state === 'running' ? 'requested' : 'paused';
}
