import { sql } from 'drizzle-orm';
import type { Json } from '../../../core/json.ts';
import type { Db } from '../../../storage/database.ts';
import { lockRun } from './held-run.ts';

/** Adds to what a run read or made; an entry with the key of an earlier one takes its place. */
export async function addToRun(
  db: Db,
  run: string,
  column: 'inputs' | 'outputs',
  entries: readonly Json[],
  keyOf: (entry: Json) => string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const trial = await lockRun(tx, run);
    const { rows } = await tx.execute<{ known: readonly Json[] }>(
      sql`select ${sql.identifier(column)} as known from tracked_runs where trial_id = ${trial}`,
    );
    const all = new Map([...rows[0]!.known, ...entries].map((entry) => [keyOf(entry), entry]));
    await tx.execute(
      sql`update tracked_runs set ${sql.identifier(column)} = ${JSON.stringify([...all.values()])}::json where trial_id = ${trial}`,
    );
  });
}
