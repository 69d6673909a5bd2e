import { eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { summarise } from '../readers/study-item.ts';
import { studies } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { endForeignAttempts, keepsLease } from '../sql/foreign-end.ts';
import { refuseFrozenStudy } from '../sql/frozen.ts';

/**
 * `pause`: no new trials, running ones go on. `resume`: as before. `stop`: no new trials; those without an attempt are cancelled, those
 * with one are finished, paused ones stay paused. `cancel`: as stop, and trials with an attempt are cancelled, too.
 */
export type StudyControl = 'pause' | 'resume' | 'stop' | 'cancel';

export interface ControlResult {
  readonly desiredState: StudyRow['desiredState'];
  /** True if the study had nothing left to run: its budget is used up and every trial has ended. */
  readonly complete: boolean;
  /** Number of trials that this call cancelled at once. */
  readonly cancelled: number;
  /** Number of running trials that this call asked to end. */
  readonly ending: number;
}

/** True if no worker has had the trial; the first attempt of a fork is what it inherited. */
const isUnbegun = sql`trials.attempt = case when trials.forked_from is null then 0 else 1 end`;

/** True if the trial has not ended; each half has an index of its own. */
export const isUnfinished = sql`(trials.state in ('queued', 'running') or trials.paused_by is not null)`;

const desiredStateAfter = { pause: 'paused', resume: 'open', stop: 'stopped', cancel: 'stopped' } as const;

/**
 * Executes a control of a study. Safe to repeat: the second time it changes nothing, the revision included. Cancelled trials free their
 * places in the budget.
 * @throws AssayError `not_found`; `conflict` for `resume` of a study that is frozen
 */
export async function controlStudy(db: Db, id: StudyId, control: StudyControl, by: string): Promise<ControlResult> {
  const desiredState = desiredStateAfter[control];
  if (control === 'resume') await refuseFrozenStudy(db, id);
  // Committed first: no trial joins from here on, so none is missed between the two steps.
  await setDesiredState(db, id, desiredState);
  const [summary] = await summarise(db, sql`id = ${id}`, 1);
  const complete = summary?.item.state === 'complete';
  if (control === 'pause' || control === 'resume') return { desiredState, complete, cancelled: 0, ending: 0 };
  return db.transaction(async (tx) => {
    // Trials are locked before the study, see `nextRevision`.
    await tx.execute(sql`select from trials where study_id = ${id} and ${isUnfinished} order by id for no key update`);
    const [study] = await tx.select().from(studies).where(eq(studies.id, id)).for('no key update');
    if (study === undefined) throw absent(id);
    const revision = study.revision + 1;
    const cancelled = await cancelQueued(tx, id, { revision, by, begunToo: control === 'cancel' });
    const ending = control === 'cancel' ? await tellRunning(tx, id, revision, by) : 0;
    if (cancelled + ending > 0)
      await tx
        .update(studies)
        .set({ revision, cancelledTrials: study.cancelledTrials + cancelled, updatedAt: sql`now()` })
        .where(eq(studies.id, id));
    return { desiredState, complete, cancelled, ending };
  });
}

async function setDesiredState(db: Db, id: StudyId, desiredState: StudyRow['desiredState']): Promise<void> {
  const { rowCount } = await db.execute(sql`
    with study as (select id, standing from studies where id = ${id} for no key update),
    changed as (
      update studies set standing = ${desiredState}::study_standing, revision = studies.revision + 1, updated_at = now()
      from study where studies.id = study.id and study.standing <> ${desiredState}::study_standing
    )
    select from study`);
  if (rowCount === 0) throw absent(id);
}

function absent(id: StudyId): AssayError {
  return new AssayError('not_found', `there is no study with the key ${id}`, { hint: 'it may have been removed: assay study ls' });
}

interface Cancelling {
  readonly revision: number;
  readonly by: string;
  /** True: also trials that wait for another attempt, and those that clients of other programs run. */
  readonly begunToo: boolean;
}

async function cancelQueued(tx: Db, id: StudyId, { revision, by, begunToo }: Cancelling): Promise<number> {
  const isTheirs = sql`trials.state = 'running' and trials.foreign_kind is not null`;
  if (begunToo) await tx.execute(endForeignAttempts(sql`select id from trials where study_id = ${id} and ${isTheirs}`));
  const { rowCount } = await tx.execute(sql`
    update trials set state = 'cancelled', cancelled_by = ${by}, finished_at = clock_timestamp(), revision = ${revision},
      paused_by = null, at_step = null, reason = null, ${keepsLease(sql`false`)}
    where study_id = ${id} and ${isUnfinished} and (state <> 'running' or (${isTheirs} and ${begunToo})) and (${isUnbegun} or ${begunToo})`);
  return rowCount ?? 0;
}

async function tellRunning(tx: Db, id: StudyId, revision: number, by: string): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    update trials set cancel_requested_by = ${by}, revision = ${revision}
    where study_id = ${id} and state = 'running' and foreign_kind is null and cancel_requested_by is null`);
  return rowCount ?? 0;
}
