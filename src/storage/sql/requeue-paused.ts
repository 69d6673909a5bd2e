import { type SQL, sql } from 'drizzle-orm';
import type { Json } from '../../core/json.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { detachWorker } from './detach-worker.ts';
import { nextRevision } from './lease.ts';

export interface RequeuePausedOptions {
  readonly study: StudyId;
  readonly number: number;
  /** Condition on `trials`. */
  readonly where: SQL;
  /** The pruner's new note (null: the old one stays). */
  readonly note: Json;
}

/** Puts a paused trial back into the queue at its old place. Returns false if it does not meet the condition any more. */
export async function requeuePaused(tx: Db, { study, number, where, note }: RequeuePausedOptions): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with waits as (
      select id, study_id, attempt from trials where study_id = ${study} and number = ${number} and ${where} for no key update
    ), study as (${nextRevision(sql`select study_id from waits`)}),
    noted as (
      update attempts set note = ${JSON.stringify(note)}::jsonb from waits
      where attempts.trial_id = waits.id and attempts.attempt = waits.attempt and ${note !== null}
    )
    update trials set ${detachWorker(sql`'queued'::trial_state`)}, paused_by = null, at_step = null, reason = null, revision = study.revision
    from waits, study where trials.id = waits.id`);
  return rowCount === 1;
}
