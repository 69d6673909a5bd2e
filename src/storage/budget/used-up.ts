import { sql } from 'drizzle-orm';
import { adviseStopping } from '../../search/stopping/stopping.ts';
import { unlimitedTrials } from '../../search/study/describe-budget.ts';
import type { Db } from '../database.ts';
import { completeValues } from '../readers/complete-values.ts';
import type { StudyRow } from '../verbs/ask.ts';
import { lastImprovement } from './last-improvement.ts';
import { workedMs } from './worked.ts';

/**
 * Why a study's budget is used up, in words; null: it is not. Everything is counted from the trials themselves, so that nothing is lost
 * or doubled in a crash. Each limit that the study has costs a statement; the plain number of trials costs none.
 */
export async function usedUp(tx: Db, study: StudyRow): Promise<string | null> {
  const { id, budgetTrials, budgetRules } = study;
  if ((await usedTrials(tx, study)) >= budgetTrials) return `the budget of ${budgetTrials} trials is used up`;
  if (budgetRules === null) return null;
  const { timeMs, steps, stopWhen = {} } = budgetRules;
  if (timeMs !== undefined && (await workedMs(tx, id)) >= timeMs) return 'the budget of working time is used up';
  if (steps !== undefined) {
    const reported = await reportedSteps(tx, id);
    if (reported >= steps) return `the budget of ${steps} steps is used up: ${reported} were reported`;
  }
  const { target, noImprovement, failed, unlikelyToPay } = stopWhen;
  if (failed !== undefined) {
    const count = await failedTrials(tx, id);
    if (count >= failed) return `${count} trials failed`;
  }
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

/** Trials that take a place in the budget. */
export async function usedTrials(tx: Db, { id, nextNumber, cancelledTrials, budgetTrials, budgetRules }: StudyRow): Promise<number> {
  const asked = nextNumber - cancelledTrials;
  if (asked < budgetTrials || budgetTrials === unlimitedTrials || budgetRules?.countFailed !== false) return asked;
  return asked - (await failedTrials(tx, id));
}

async function failedTrials(tx: Db, study: number): Promise<number> {
  return count(tx, sql`select count(*) from trials where study_id = ${study} and state = 'failed'`);
}

/** A trial that is tried again has the steps of its newest attempt only. */
async function reportedSteps(tx: Db, study: number): Promise<number> {
  return count(tx, sql`select coalesce(sum(last_step), 0) as count from trials where study_id = ${study}`);
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
