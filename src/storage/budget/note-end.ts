import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import type { StudyRow } from '../schema/rows.ts';

/**
 * Stores why no more trials are asked for, unless it is stored or the budget is a number of trials only, which readers compare themselves.
 */
export async function noteEnd(tx: Db, { id, budgetRules, endedBecause }: StudyRow, because: string): Promise<void> {
  if (budgetRules === null || endedBecause === because) return;
  await tx.execute(sql`
    update studies set ended_because = ${because}, revision = revision + 1, updated_at = now() where id = ${id}`);
}
