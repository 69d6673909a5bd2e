import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { prunerOf } from '../../search/pruners/index.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { nextRevision } from '../sql/lease.ts';
import { requeuePaused } from '../sql/requeue-paused.ts';

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
 * Let a paused trial go on, whoever paused it: back to the queue, at its old place, and past the rung where a pruner paused it. One that
 * runs and was told to pause just goes on. Safe to repeat.
 * @throws AssayError `conflict` for a trial that has ended or does not exist.
 */
export async function resumeTrial(db: Db, study: StudyId, number: number): Promise<'queued' | 'running'> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<OpenRow>(sql`
      select state, at_step, note, pruner_id, pruner_options from trials join studies on studies.id = study_id
        left join attempts on attempts.trial_id = trials.id and attempts.attempt = trials.attempt
      where study_id = ${study} and number = ${number} and state in ('queued', 'running', 'paused') for no key update of trials`);
    const trial = open(rows, number);
    const ours = sql`study_id = ${study} and number = ${number}`;
    if (trial.state === 'paused') await requeuePaused(tx, { study, number, where: sql`paused_by is not null`, note: noteOf(trial) });
    if (trial.state === 'running') await tx.execute(sql`update trials set pause_requested_by = null where ${ours}`);
    return trial.state === 'running' ? 'running' : 'queued';
  });
}

interface OpenRow extends Record<string, unknown> {
  readonly state: TrialState;
  /** Where the pruner paused it. */
  readonly at_step: number | null;
  readonly note: Json;
  readonly pruner_id: string;
  readonly pruner_options: Json;
}

function noteOf({ at_step, note, pruner_id: id, pruner_options: options }: OpenRow): Json {
  return at_step === null ? null : (prunerOf({ id, options }).noteAfterManualResume?.(note) ?? null);
}

function open<Row>(rows: readonly Row[], number: number): Row {
  const row = rows[0];
  if (row !== undefined) return row;
  throw new AssayError('conflict', `trial ${number} has ended, or there is none`, {
    hint: 'only a trial that waits, runs or is paused can be paused or resumed',
  });
}
