import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { Sampler } from '../../search/samplers/sampler.ts';
import type { CompiledSpace } from '../../search/space/compile.ts';
import { reportedFigure } from '../../search/study/goals.ts';
import type { Asked, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import type { ChangedTrial, Observations } from '../history/observations.ts';
import { studies, trials } from '../schema/index.ts';
import { queueNext } from './queue-next.ts';

export type StudyRow = typeof studies.$inferSelect;

export interface Asking {
  readonly db: Db;
  readonly observations: Observations;
  readonly samplerOf: (study: StudyRow) => Sampler;
  readonly spaceOf: (study: StudyRow) => CompiledSpace;
}

/**
 * One transaction under the lock of the study's row, so concurrent asks take turns: each sees the trials of the ones before it,
 * numbers are dense, and the budget is exact. The suggestion depends on (seed, number, history) only.
 */
export async function ask({ db, observations, samplerOf, spaceOf }: Asking, studyId: StudyId): Promise<Asked> {
  return db.transaction(async (tx) => {
    const [study] = await tx.select().from(studies).where(eq(studies.id, studyId)).for('no key update');
    if (study === undefined)
      throw new AssayError('not_found', `there is no study with the key ${studyId}`, { hint: 'it may have been removed: assay study ls' });
    if (study.standing === 'paused') return { kind: 'paused' };
    if (study.standing === 'stopped' || study.nextNumber - study.cancelledTrials >= study.budgetTrials)
      return { kind: 'exhausted', open: await countOpen(tx, studyId) };

    const number = study.nextNumber;
    const history = {
      direction: study.direction,
      ...(study.objectives !== null && { directions: study.objectives.map(({ direction }) => direction) }),
      observations: observations.advance(studyId, await changedSince(tx, studyId, observations.seen(studyId)), lastValueTells(study)),
      next: number,
      seed: study.seed,
    };
    const params = samplerOf(study).suggest(spaceOf(study), history, createRng(study.seed).fork('suggest').fork(number));
    await queueNext(tx, study, { params });
    return { kind: 'queued', number };
  });
}

async function changedSince(tx: Db, studyId: StudyId, revision: number): Promise<readonly ChangedTrial[]> {
  const { number, state, params, value, values, constraints, lastStep, lastValue } = trials;
  return tx
    .select({
      number,
      state,
      params,
      value,
      values,
      constraints,
      lastStep,
      lastValue,
      revision: trials.revision,
    })
    .from(trials)
    .where(and(eq(trials.studyId, studyId), gt(trials.revision, revision)))
    .orderBy(asc(trials.revision));
}

/** Whether a trial's reports are about the first objective, as samplers take them to be. */
function lastValueTells({ objectives, pruneOn }: StudyRow): boolean {
  return objectives === null || reportedFigure(objectives, pruneOn) === objectives[0]!.name;
}

async function countOpen(tx: Db, studyId: StudyId): Promise<number> {
  return tx.$count(trials, and(eq(trials.studyId, studyId), sql`${trials.state} in ('queued', 'running')`));
}
