import { and, asc, eq } from 'drizzle-orm';
import { adviseStopping, type StoppingAdvice } from '../../search/stopping/stopping.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { findStudy } from './find.ts';

/** Whether more trials of a study are likely to pay, by the complete ones. @throws AssayError `not_found`. */
export async function stoppingAdvice(db: Db, name: string): Promise<StoppingAdvice> {
  const { id, direction, objectives } = await findStudy(db, name);
  if (objectives !== null)
    return { stop: false, expectedGain: null, reason: 'the rule judges one objective; watch the hypervolume of the Pareto set instead' };
  const rows = await db
    .select({ value: trials.value })
    .from(trials)
    .where(and(eq(trials.studyId, id), eq(trials.state, 'complete')))
    .orderBy(asc(trials.number));
  return adviseStopping(
    rows.map(({ value }) => value ?? Number.NaN),
    direction,
  );
}
