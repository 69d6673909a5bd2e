import { sql } from 'drizzle-orm';
import type { Json } from '../../core/json.ts';
import { prunerOf } from '../../search/pruners/index.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { refuseFrozenStudy } from '../sql/frozen.ts';
import { requeuePaused } from '../sql/requeue-paused.ts';
import { requireOpen } from '../sql/require-open.ts';

/**
 * Puts a paused trial back into the queue at its old place, past the rung if a pruner paused it. For a running trial it withdraws the
 * request to pause. Safe to repeat.
 * @throws AssayError `conflict` for a trial that has ended or does not exist, and for a paused one of a study that is frozen
 */
export async function resumeTrial(db: Db, study: StudyId, number: number): Promise<'queued' | 'running'> {
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<OpenRow>(sql`
      select state, at_step::float8 as at_step, note, pruner_id, pruner_options from trials join studies on studies.id = study_id
        left join attempts on attempts.trial_id = trials.id and attempts.attempt = trials.attempt
      where study_id = ${study} and number = ${number} and state in ('queued', 'running', 'paused') for no key update of trials`);
    const trial = requireOpen(rows, number);
    const ours = sql`study_id = ${study} and number = ${number}`;
    if (trial.state === 'paused') await refuseFrozenStudy(tx, study);
    if (trial.state === 'paused') await requeuePaused(tx, { study, number, where: sql`paused_by is not null`, note: noteOf(trial) });
    if (trial.state === 'running') await tx.execute(sql`update trials set pause_requested_by = null where ${ours}`);
    return trial.state === 'running' ? 'running' : 'queued';
  });
}

interface OpenRow extends Record<string, unknown> {
  readonly state: TrialState;
  /** Step at which the pruner paused it. */
  readonly at_step: number | null;
  readonly note: Json;
  readonly pruner_id: string;
  readonly pruner_options: Json;
}

function noteOf({ at_step, note, pruner_id: id, pruner_options: options }: OpenRow): Json {
  return at_step === null ? null : (prunerOf({ id, options }).noteAfterManualResume?.(note) ?? null);
}
