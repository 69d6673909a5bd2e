import { sql } from 'drizzle-orm';
import { reportedMetric } from '../../search/study/goals.ts';
import type { History, Observation } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { preparedSelect } from '../sql/prepared.ts';
import { createObservations } from './observations.ts';

/** Somebody runs it, or will by itself; what is paused waits for more. */
export const isOpen = sql`${trials.state} in ('queued', 'running')`;

const { number, state, params, value, values, constraints, lastStep, lastValue, atStep, revision } = trials;
const changed = { number, state, params, value, values, constraints, lastStep, lastValue, atStep, revision };

/** Finished and paused trials that are newer than what was read before, and all that wait or run: those stay as they are. */
export const readChanges = preparedSelect<typeof changed, 'study' | 'seen'>(
  'ask_changes',
  changed,
  (columns, is) => sql`
    select ${columns} from trials where study_id = ${is('study')} and revision > ${is('seen')} and state not in ('queued', 'running')
    union all
    select ${columns} from trials where study_id = ${is('study')} and ${isOpen}`,
);

/** Whether a trial's reports are about the first objective, as samplers take them to be. */
export function historyOf(study: StudyRow, observations: readonly Observation[]): History {
  return {
    direction: study.direction,
    ...(study.objectives !== null && { directions: study.objectives.map(({ direction }) => direction) }),
    observations,
    next: study.nextNumber,
    seed: study.seed,
  };
}

/** Everything that a suggestion for the study's next number would be made from, read anew. */
export async function readHistory(db: Db, study: StudyRow): Promise<History> {
  const changes = await readChanges(db, { study: study.id, seen: 0 });
  return historyOf(study, createObservations().advance(study.id, changes, lastValueTells(study)));
}

export function lastValueTells({ objectives, pruneOn }: StudyRow): boolean {
  return objectives === null || reportedMetric(objectives, pruneOn) === objectives[0]!.name;
}
