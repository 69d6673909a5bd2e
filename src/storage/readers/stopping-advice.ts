import { adviseStopping, type StoppingAdvice } from '../../search/stopping-advice/stopping-advice.ts';
import type { Db } from '../database.ts';
import { completeValues } from './complete-values.ts';
import { findStudy } from './find.ts';

/** Advises whether more trials of a study are likely to pay, from its complete feasible ones. @throws AssayError `not_found` */
export async function stoppingAdvice(db: Db, name: string): Promise<StoppingAdvice> {
  const { id, direction, objectives } = await findStudy(db, name);
  if (objectives !== null)
    return { stop: false, expectedGain: null, reason: 'the rule works for one objective; watch the hypervolume of the Pareto set instead' };
  return adviseStopping(await completeValues(db, id), direction);
}
