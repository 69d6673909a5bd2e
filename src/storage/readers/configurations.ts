import { type SQL, sql } from 'drizzle-orm';
import { type ConfigurationFigures, figuresOf } from '../../search/trial/configurations.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { finite, nonFiniteFlag, prefixed } from './finite.ts';
import type { TrialItem } from './trial-item.ts';

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

/**
 * Reads what the complete trials showed that have the parameters of some, by the numbers of these; none of a study that tries each configuration
 * once. Of several objectives the first counts.
 */
export async function figuresOfTrials(
  db: Db,
  { id, direction, replicates }: Pick<StudyRow, 'id' | 'direction' | 'replicates'>,
  numbers: readonly number[],
): Promise<ReadonlyMap<number, ConfigurationFigures>> {
  if (replicates === null || numbers.length === 0) return new Map();
  const { rows } = await db.execute<{ readonly number: number; readonly values: readonly number[] }>(sql`
    with asked as (
      select ${trials.number} as number, ${trials.params}::jsonb as params from trials
      where ${trials.studyId} = ${id} and ${trials.number} = any(${sql.param([...numbers])}::int[])
    ), figures as (
      select params, array_agg(value order by number) as values from (
        select ${trials.params}::jsonb as params, ${trials.number} as number, ${trials.value} as value
        from trials where ${trials.studyId} = ${id} and ${trials.state} = 'complete' and ${trials.value} is not null
      ) as complete where params in (select params from asked) group by params
    )
    select number, values from asked join figures using (params)`);
  return new Map(rows.map(({ number, values }) => [number, figuresOf(values.map(Number), direction)]));
}

/** A trial with what all trials of its parameters showed (undefined: that is not known). */
export function withFigures<Item extends TrialItem>(item: Item, figures: ConfigurationFigures | undefined): Item {
  if (figures === undefined) return item;
  const { n, mean, sd, worst } = figures;
  const { nonFinite } = nonFiniteFlag(prefixed('configuration', { mean, worst, ...(sd !== null && { sd }) }));
  const flags = { ...item.nonFinite, ...nonFinite };
  return {
    ...item,
    configuration: { n, mean: finite(mean), sd: finite(sd), worst: finite(worst) },
    ...(Object.keys(flags).length > 0 && { nonFinite: flags }),
  };
}
