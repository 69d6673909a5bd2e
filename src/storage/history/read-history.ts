import { sql } from 'drizzle-orm';
import { reportedMetric } from '../../search/study/goals.ts';
import type { EarlierStudy, History, Observation } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { attempts, trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { preparedSelect } from '../sql/prepared.ts';
import { readEarlier } from './earlier.ts';
import { createObservations } from './observations.ts';

/** Queued or running; paused trials are not open. */
export const isOpen = sql`${trials.state} in ('queued', 'running')`;

const { number, state, params, value, values, constraints, noiseVariance, noiseSeeds, lastStep, lastValue, atStep, revision } = trials;
const { expectedValue, expectedSd } = attempts;
const ofTrials = { number, state, params, value, values, constraints, noiseVariance, noiseSeeds, lastStep, lastValue, atStep, revision };
const changed = { ...ofTrials, expectedValue, expectedSd };
/** Forecasts are of pruned trials alone, so that nothing is looked up for others. */
const withForecast = sql`trials left join attempts on trials.state = 'pruned' and attempts.trial_id = trials.id and attempts.attempt = trials.attempt`;

/** Reads finished and paused trials newer than revision `seen`, which do not change, and all open ones. */
export const readChanges = preparedSelect<typeof changed, 'study' | 'seen'>(
  'ask_changes',
  changed,
  (columns, is) => sql`
    select ${columns} from ${withForecast} where study_id = ${is('study')} and revision > ${is('seen')} and state not in ('queued', 'running')
    union all
    select ${columns} from ${withForecast} where study_id = ${is('study')} and ${isOpen}`,
);

export function historyOf(study: StudyRow, observations: readonly Observation[], earlier: readonly EarlierStudy[]): History {
  return {
    direction: study.direction,
    ...(study.objectives !== null && { directions: study.objectives.map(({ direction }) => direction) }),
    observations,
    ...(earlier.length > 0 && { earlier }),
    next: study.nextNumber,
    seed: study.seed,
  };
}

/** Reads the whole history that a suggestion for the study's next number depends on. */
export async function readHistory(db: Db, study: StudyRow): Promise<History> {
  const [changes, earlier] = await Promise.all([readChanges(db, { study: study.id, seen: 0 }), readEarlier(db, study)]);
  return historyOf(study, createObservations().advance(study.id, changes, lastValueTells(study)), earlier);
}

/** True if trials report the first objective, which samplers expect. */
export function lastValueTells({ objectives, pruneOn }: StudyRow): boolean {
  return objectives === null || reportedMetric(objectives, pruneOn) === objectives[0]!.name;
}
