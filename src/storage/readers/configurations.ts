import { type SQL, sql } from 'drizzle-orm';
import { type ConfigurationFigures, figuresOf } from '../../search/trial/configurations.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';

/** A configuration whose complete trials all meet their constraints. */
export interface StoredConfiguration extends ConfigurationFigures {
  /** Number of its best trial. */
  readonly number: number;
}

/**
 * Reads the configurations of a study that tries them again, best mean first, ties by the number of the first trial.
 * @param value what the trials are ranked by; trials without one are left out
 */
export async function bestConfigurations(
  db: Db,
  { id }: Pick<StudyRow, 'id'>,
  { value, direction, limit }: { readonly value: SQL; readonly direction: StudyRow['direction']; readonly limit: number },
): Promise<readonly StoredConfiguration[]> {
  const order = direction === 'minimize' ? sql`asc` : sql`desc`;
  const { rows } = await db.execute<{ readonly values: readonly number[]; readonly number: number }>(sql`
    select array_agg(value order by number) as values, (array_agg(number order by value ${order}, number))[1] as number
    from (
      select ${trials.params}::jsonb as params, ${trials.number} as number, ${value} as value, ${trials.feasible} as feasible
      from trials where ${trials.studyId} = ${id} and ${trials.state} = 'complete'
    ) as complete
    where value is not null group by params having bool_and(feasible) order by avg(value) ${order}, min(number) limit ${limit}`);
  return rows.map(({ values, number }) => ({ number, ...figuresOf(values.map(Number), direction) }));
}
