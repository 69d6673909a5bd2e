import { sql } from 'drizzle-orm';
import type { Pruner } from '../../search/pruners/pruner.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import type { SettledCurves } from '../history/curves.ts';
import { curveOf, readCurves } from '../history/read-curves.ts';
import type { StudyRow } from '../schema/rows.ts';
import { nextRevision } from './lease.ts';
import { requeuePaused } from './requeue-paused.ts';

/** Trials that the pruner paused, not a person. */
export const isWaiting = sql`trials.paused_by is not null and trials.at_step is not null`;

/**
 * Put the trial that the pruner lets go on back into the queue; null where none does. Under the lock that asks take, so that each sees the
 * promotions before it; only a person can get in between.
 */
export async function advanceWaiting(
  tx: Db,
  study: StudyRow,
  promotes: NonNullable<Pruner['nextToAdvance']>,
  curves: SettledCurves,
): Promise<number | null> {
  for (;;) {
    const { rows } = await tx.execute<{ number: number }>(sql`select number from trials where study_id = ${study.id} and ${isWaiting}`);
    if (rows.length === 0) return null;
    const waiting = new Set(rows.map(({ number }) => number));
    const read = await readCurves(tx, { study: study.id, seen: curves.seen(study.id) });
    const known = curves.advance(study.id, read.rows.flatMap(curveOf));
    const next = promotes(waiting, known, study.pruneOn?.direction ?? study.direction);
    if (next === null) return null;
    if (await requeuePaused(tx, { study: study.id, number: next.number, where: isWaiting, note: next.note })) return next.number;
  }
}

/** Each of them is counted in the study's row, whose versions of one transaction are walked through again for the next. */
const endedAtOnce = 1000;

/**
 * The study is over and no bar will fall any more: what still waits is pruned where it stands, as of when it was last worked on. So many at
 * once; true where more may wait, for another transaction.
 */
export async function pruneWaiting(tx: Db, study: StudyId): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    with waits as (select id, study_id from trials where study_id = ${study} and ${isWaiting} order by id limit ${endedAtOnce} for no key update),
    study as (${nextRevision(sql`select study_id from waits limit 1`)})
    update trials set state = 'pruned', paused_by = null, reason = reason || '; it waited until the study ended', revision = study.revision,
      finished_at = (select ended_at from attempts where trial_id = trials.id and attempts.attempt = trials.attempt)
    from waits, study where trials.id = waits.id`);
  // Whoever sees a finished trial may remember it.
  if (rowCount !== null && rowCount > 0) await tx.execute(sql`set local synchronous_commit = on`);
  return rowCount === endedAtOnce;
}
