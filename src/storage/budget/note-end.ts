import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import type { StudyRow } from '../schema/rows.ts';

/** Tell readers why no more trials are asked for. Nothing where they know it; a plain number of trials they can count themselves. */
export async function noteEnd(tx: Db, { id, budgetRules, endedBecause }: StudyRow, because: string): Promise<void> {
  if (budgetRules === null || endedBecause === because) return;
  await tx.execute(sql`
    update studies set ended_because = ${because}, revision = revision + 1, updated_at = now() where id = ${id}`);
}
