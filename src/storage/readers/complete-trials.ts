import { and, asc, eq } from 'drizzle-orm';
import { type CompiledSpace, compileSpace } from '../../search/space/compile.ts';
import type { History } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { findStudy } from './find.ts';

export interface CompleteTrials {
  readonly study: string;
  readonly space: CompiledSpace;
  /** Complete trials only. */
  readonly history: History;
}

/** All complete trials of a study with what the search needs to learn from them. @throws AssayError `not_found`. */
export async function completeTrials(db: Db, name: string): Promise<CompleteTrials> {
  const { id, direction, space } = await findStudy(db, name);
  const rows = await db
    .select({ number: trials.number, params: trials.params, value: trials.value })
    .from(trials)
    .where(and(eq(trials.studyId, id), eq(trials.state, 'complete')))
    .orderBy(asc(trials.number));
  return {
    study: name,
    space: compileSpace(space),
    history: { direction, observations: rows.map(({ number, params, value }) => ({ state: 'complete', number, params, value: value! })) },
  };
}
