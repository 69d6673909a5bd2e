import { sql } from 'drizzle-orm';
import { adviseStopping } from '../../search/stopping-advice/stopping-advice.ts';
import type { Db } from '../database.ts';
import { completeValues } from '../readers/complete-values.ts';
import type { StudyRow } from '../schema/rows.ts';
import { lastImprovement } from './last-improvement.ts';
import { workedMs } from './worked.ts';

/**
 * Why a study's budget is used up, as text (null: it is not). Everything is counted from the trials, or by triggers, so a crash loses and
 * doubles nothing. Limits of time, steps and values take a statement each; numbers of trials none.
 */
export async function usedUp(tx: Db, study: StudyRow): Promise<string | null> {
  const { budgetTrials } = study;
  if (usedTrials(study) >= budgetTrials) return `the budget of ${budgetTrials} trials is used up`;
  return ruledOut(tx, study);
}

/** Like `usedUp` without the number of trials: these limits also stop paused trials. */
export async function ruledOut(tx: Db, study: StudyRow): Promise<string | null> {
  const { id, budgetRules } = study;
  if (budgetRules === null) return null;
  const { timeMs, steps, stopWhen = {} } = budgetRules;
  if (timeMs !== undefined && (await workedMs(tx, id)) >= timeMs) return 'the budget of working time is used up';
  if (steps !== undefined) {
    const reported = await reportedSteps(tx, id);
    if (reported >= steps) return `the budget of ${steps} steps is used up: ${reported} were reported`;
  }
  const { target, noImprovement, failed, unlikelyToPay } = stopWhen;
  if (failed !== undefined && study.failedTrials >= failed) return `${study.failedTrials} trials failed`;
  if (target !== undefined) {
    const reached = await reachedBy(tx, study, target);
    if (reached !== null) return `trial ${reached} reached the target of ${target}`;
  }
  if (noImprovement !== undefined) {
    const since = await endedSinceImprovement(tx, study);
    if (since >= noImprovement) return `${since} trials ended without an improvement`;
  }
  if (unlikelyToPay !== undefined) {
    const { stop, reason } = adviseStopping(await completeValues(tx, id), study.direction, unlikelyToPay);
    if (stop) return `more trials are unlikely to pay: ${reason}`;
  }
  return null;
}

/** Number of trials that count in the budget. */
export function usedTrials({
  nextNumber,
  cancelledTrials,
  failedTrials,
  budgetRules,
}: Pick<StudyRow, 'nextNumber' | 'cancelledTrials' | 'failedTrials' | 'budgetRules'>): number {
  return nextNumber - cancelledTrials - (budgetRules?.countFailed === false ? failedTrials : 0);
}

/**
 * Steps reported, each trial's last step once: of its newest attempt or, until that has reported, of the checkpoint it goes on from. Steps
 * inherited by a fork are not counted.
 */
async function reportedSteps(tx: Db, study: number): Promise<number> {
  return count(
    tx,
    sql`select coalesce(sum(greatest(0, coalesce(last_step, checkpoints.step) - coalesce(inherited_step, 0))), 0) as count
      from trials left join checkpoints on checkpoints.trial_id = trials.id
        left join attempts on forked_from is not null and attempts.trial_id = trials.id
          and attempts.attempt = case when last_step is null then checkpoints.attempt else trials.attempt end
      where study_id = ${study}`,
  );
}

async function reachedBy(tx: Db, { id, direction }: StudyRow, target: number): Promise<number | null> {
  const order = direction === 'minimize' ? sql`value <= ${target} order by value` : sql`value >= ${target} order by value desc`;
  const { rows } = await tx.execute<{ number: number }>(
    sql`select number from trials where study_id = ${id} and state = 'complete' and feasible and ${order}, number limit 1`,
  );
  return rows[0]?.number ?? null;
}

async function endedSinceImprovement(tx: Db, study: StudyRow): Promise<number> {
  const revision = await lastImprovement(tx, study);
  if (revision === null) return 0;
  return count(
    tx,
    sql`select count(*) from trials where study_id = ${study.id} and revision > ${revision} and state in ('complete', 'pruned')`,
  );
}

async function count(tx: Db, query: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await tx.execute<{ count: string | number }>(query);
  return Number(rows[0]?.count ?? 0);
}
