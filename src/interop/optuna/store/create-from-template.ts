import { sql } from 'drizzle-orm';
import type { Goal } from '../../../search/trial/history.ts';
import type { Db } from '../../../storage/database.ts';
import type { WireTrial } from '../wire.ts';
import { refusal } from './create-trial.ts';
import { declare } from './declare.ts';
import { insertTrials } from './insert-trials.ts';
import { templateRows } from './template.ts';

/**
 * Creates trials in any state, in their order, with all that templates say but their numbers and ids. Triggers let a transaction write what
 * belongs to an ended trial that it makes, and not one inside of it.
 * @param tx a transaction of its own, no savepoint
 * @returns their ids
 */
export async function createFromTemplates(
  tx: Db,
  study: string,
  templates: readonly WireTrial[],
  worker: string,
): Promise<readonly number[]> {
  const { rows } = await tx.execute<{ id: number; objectives: readonly Goal[] | null }>(sql`
    select id, objectives from studies where id = ${study}::bigint and foreign_kind = 'optuna' for no key update`);
  const locked = rows[0];
  if (locked === undefined) throw await refusal(tx, study);
  const trials = templates.map((template) => templateRows(template, locked.objectives?.length ?? 1, worker));
  await declare(
    tx,
    locked.id,
    trials.flatMap(({ declared }) => declared),
  );
  const ids = await insertTrials(tx, locked.id, trials);
  if (ids.length === 0) throw await refusal(tx, study);
  return ids;
}
