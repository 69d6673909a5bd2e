import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { InnerReturns, SearchEvidence } from '../../validation/gates/gate.ts';
import { countedSharpe } from '../../validation/variation.ts';
import type { Db } from '../database.ts';
import { trialReturns, trials } from '../schema/index.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { countTried, countTriedOnSameData } from './tried.ts';

/**
 * Reads how much was searched and what it found. Sharpe ratios are the metric `sharpeDaily` of the complete trials, so a study that scales
 * its objective does not move the bar (NaN: a trial has no such metric).
 */
export async function readSearchEvidence(db: Db, study: StudyId, number: number): Promise<SearchEvidence> {
  const [trialsTried, trialsOnSameData, complete, innerReturns] = await Promise.all([
    countTried(db, study),
    countTriedOnSameData(db, study),
    db
      .select({ names: trials.metricNames, values: trials.metricValues })
      .from(trials)
      .where(and(eq(trials.studyId, study), eq(trials.state, 'complete')))
      .orderBy(asc(trials.number)),
    readInnerReturns(db, study),
  ]);
  const trialSharpes = complete.map(({ names, values }) => countedSharpe(metricsFromColumns(names, values)));
  return { number, trialsTried, trialsOnSameData, trialSharpes, innerReturns };
}

/**
 * Daily returns of a study's trials on the inner validation part, by number; of pruned ones those of the last report.
 * @param only numbers of trials (default: all)
 */
export async function readInnerReturns(db: Db, study: StudyId, only?: readonly number[]): Promise<readonly InnerReturns[]> {
  const rows = await db
    .select({ number: trials.number, state: trials.state, days: trialReturns.days, returns: trialReturns.returns })
    .from(trialReturns)
    .innerJoin(trials, eq(trials.id, trialReturns.trialId))
    .where(
      and(
        eq(trials.studyId, study),
        inArray(trials.state, ['complete', 'pruned']),
        only === undefined ? undefined : sql`${trials.number} = any(${sql.param(only)}::int[])`,
      ),
    )
    .orderBy(asc(trials.number));
  return rows.map(({ state, ...row }) => ({ ...row, ...(state === 'pruned' && { pruned: true }) }));
}
