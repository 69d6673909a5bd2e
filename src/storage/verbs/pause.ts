import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { nextRevision } from './lease.ts';
import { withoutWorker } from './without-worker.ts';

/**
 * Let a trial wait until somebody resumes it: at once in the queue, or where the pruner paused it; a running one hears of it at its next
 * report and then has the time to save a checkpoint. It keeps its place in the budget. Safe to repeat.
 * @throws AssayError `conflict` for a trial that has ended or does not exist.
 */
export async function pauseTrial(db: Db, study: StudyId, number: number, by: string): Promise<'paused' | 'requested'> {
  const { rows } = await db.execute<{ state: TrialState }>(sql`
    with open as (
      select id, study_id, state, coalesce(pause_requested_by, case when at_step is null then paused_by end) is null as changes from trials
      where study_id = ${study} and number = ${number} and state in ('queued', 'running', 'paused') for no key update
    ), study as (${nextRevision(sql`select study_id from open where changes`)}),
    paused as (
      update trials set state = case when open.state = 'running' then 'running' else 'paused' end::trial_state,
        paused_by = case when open.state <> 'running' then ${by} end, at_step = null, reason = null,
        pause_requested_by = case when open.state = 'running' then ${by} end,
        revision = study.revision
      from open, study where trials.id = open.id and open.changes
    )
    select state from open`);
  return open(rows, number).state === 'running' ? 'requested' : 'paused';
}

/**
 * Let a paused trial go on, whoever paused it: back to the queue, at its old place. One that runs and was told to pause just goes on.
 * Safe to repeat.
 * @throws AssayError `conflict` for a trial that has ended or does not exist.
 */
export async function resumeTrial(db: Db, study: StudyId, number: number): Promise<'queued' | 'running'> {
  const { rows } = await db.execute<{ state: TrialState }>(sql`
    with open as (
      select id, study_id, state from trials
      where study_id = ${study} and number = ${number} and state in ('queued', 'running', 'paused') for no key update
    ), study as (${nextRevision(sql`select study_id from open where state = 'paused'`)}),
    resumed as (
      update trials set ${withoutWorker(sql`'queued'::trial_state`)}, paused_by = null, at_step = null, reason = null, revision = study.revision
      from open, study where trials.id = open.id and open.state = 'paused'
    ), withdrawn as (
      update trials set pause_requested_by = null from open where trials.id = open.id and open.state = 'running'
    )
    select state from open`);
  return open(rows, number).state === 'running' ? 'running' : 'queued';
}

function open<Row>(rows: readonly Row[], number: number): Row {
  const row = rows[0];
  if (row !== undefined) return row;
  throw new AssayError('conflict', `trial ${number} has ended, or there is none`, {
    hint: 'only a trial that waits, runs or is paused can be paused or resumed',
  });
}
