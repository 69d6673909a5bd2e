import { and, asc, eq, isNotNull } from 'drizzle-orm';
import { type CompiledSpace, compileSpace } from '../../search/space/compile.ts';
import type { Goal, History } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { noiseOfColumns } from '../history/observations.ts';
import { trials } from '../schema/index.ts';
import { findStudy } from './find.ts';

export interface CompleteTrials {
  readonly study: string;
  readonly space: CompiledSpace;
  /** Null: one objective. */
  readonly objectives: readonly Goal[] | null;
  /** True if the study tries configurations again, so that their trials are one each. */
  readonly replicated: boolean;
  /** Complete trials only. */
  readonly history: History;
}

/** Reads all complete trials of a study with what the search learns from them. @throws AssayError `not_found` */
export async function completeTrials(db: Db, name: string): Promise<CompleteTrials> {
  const { id, direction, objectives, space, replicates } = await findStudy(db, name);
  const rows = await db
    .select({
      number: trials.number,
      params: trials.params,
      value: trials.value,
      values: trials.values,
      constraints: trials.constraints,
      noiseVariance: trials.noiseVariance,
      noiseSeeds: trials.noiseSeeds,
    })
    .from(trials)
    .where(and(eq(trials.studyId, id), eq(trials.state, 'complete'), isNotNull(trials.value)))
    .orderBy(asc(trials.number));
  return {
    study: name,
    space: compileSpace(space),
    objectives,
    replicated: replicates !== null,
    history: {
      direction,
      ...(objectives !== null && { directions: objectives.map((goal) => goal.direction) }),
      observations: rows.map(({ number, params, value, values, constraints, ...noise }) => ({
        state: 'complete',
        number,
        params,
        value: value!,
        ...(values !== null && { values }),
        ...(constraints !== null && { constraints }),
        ...noiseOfColumns(noise),
      })),
    },
  };
}
