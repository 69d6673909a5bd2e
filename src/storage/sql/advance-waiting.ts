import { sql } from 'drizzle-orm';
import { nextToAdvance } from '../../search/pruners/decide.ts';
import type { Pruner } from '../../search/pruners/pruner.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import type { SettledCurves } from '../history/curves.ts';
import { curveOf, readCurves } from '../history/read-curves.ts';
import type { StudyRow } from '../schema/rows.ts';
import { nextRevision } from './lease.ts';
import { requeuePaused } from './requeue-paused.ts';

/** True if the pruner paused the trial, not a person. */
export const isWaiting = sql`trials.paused_by is not null and trials.at_step is not null`;

/**
 * Queues the paused trial that the pruner advances and returns its number (null: none advances). Runs under the lock that asks take, so
 * each sees the trials advanced before; only a person can interfere.
 */
export async function advanceWaiting(tx: Db, study: StudyRow, pruner: Pruner, curves: SettledCurves): Promise<number | null> {
  for (;;) {
    const { rows } = await tx.execute<{ number: number }>(sql`select number from trials where study_id = ${study.id} and ${isWaiting}`);
    if (rows.length === 0) return null;
    const waiting = new Set(rows.map(({ number }) => number));
    const read = await readCurves(tx, { study: study.id, seen: curves.seen(study.id) });
    const known = curves.advance(study.id, read.rows.flatMap(curveOf));
    const next = nextToAdvance(pruner, waiting, known, study.pruneOn?.direction ?? study.direction);
    if (next === null) return null;
    if (await requeuePaused(tx, { study: study.id, number: next.number, where: isWaiting, note: next.note })) return next.number;
  }
}

/** Trials pruned in one transaction; each updates the study's row, whose versions the next one reads through. */
const endedAtOnce = 1000;

/**
 * Prunes paused trials of a study that is over, as of the end of their last attempts, up to a limit. Returns true if more may remain, for
 * another transaction.
 */
export async function pruneWaiting(tx: Db, study: StudyId): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with waits as (select id, study_id from trials where study_id = ${study} and ${isWaiting} order by id limit ${endedAtOnce} for no key update),
    study as (${nextRevision(sql`select study_id from waits limit 1`)})
    update trials set state = 'pruned', paused_by = null, reason = reason || '; it waited until the study ended', revision = study.revision,
      finished_at = (select ended_at from attempts where trial_id = trials.id and attempts.attempt = trials.attempt)
    from waits, study where trials.id = waits.id`);
  // Flushed, since processes remember finished trials.
  if (rowCount !== null && rowCount > 0) await tx.execute(sql`set local synchronous_commit = on`);
  return rowCount === endedAtOnce;
}
