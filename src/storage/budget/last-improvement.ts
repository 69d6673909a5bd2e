import { and, asc, eq, sql } from 'drizzle-orm';
import { lossOf } from '../../search/objectives/loss.ts';
import { dominates, type Losses } from '../../search/objectives/pareto.ts';
import type { Goal } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';

/**
 * Revision of the study at its last improvement: a trial better than all that ended before it or, with several objectives, one that joined
 * the Pareto set. Trials count by their end, not their number (null: no complete feasible trial).
 */
export async function lastImprovement(tx: Db, study: StudyRow): Promise<number | null> {
  return study.objectives === null ? lastBest(tx, study) : lastJoined(tx, study, study.objectives);
}

async function lastBest(tx: Db, { id, direction }: StudyRow): Promise<number | null> {
  const best = direction === 'minimize' ? sql`min(value)` : sql`max(value)`;
  const { rows } = await tx.execute<{ revision: string | null }>(sql`
    select min(revision) as revision from trials
    where study_id = ${id} and state = 'complete' and feasible
      and value = (select ${best} from trials where study_id = ${id} and state = 'complete' and feasible)`);
  const revision = rows[0]?.revision ?? null;
  return revision === null ? null : Number(revision);
}

async function lastJoined(tx: Db, { id }: StudyRow, goals: readonly Goal[]): Promise<number | null> {
  const rows = await tx
    .select({ revision: trials.revision, values: trials.values })
    .from(trials)
    .where(and(eq(trials.studyId, id), eq(trials.state, 'complete'), trials.feasible))
    .orderBy(asc(trials.revision));
  let front: readonly Losses[] = [];
  let last: number | null = null;
  for (const { revision, values } of rows) {
    const losses = goals.map(({ direction }, i) => lossOf(values?.[i] ?? Number.NaN, direction));
    // An equal of a member is no improvement.
    if (front.some((member) => member.every((loss, i) => loss <= losses[i]!))) continue;
    front = [...front.filter((member) => !dominates(losses, member)), losses];
    last = revision;
  }
  return last;
}
