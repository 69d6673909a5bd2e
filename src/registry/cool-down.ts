import { and, desc, eq, sql } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { parseRecord } from './history.ts';
import { databaseTime } from './ledger.ts';
import type { RollbackRecord } from './record.ts';
import { daysLater, reached, usualTerms } from './terms.ts';

/**
 * Refuses a version that a rollback took away from this alias until its cool-down is over. An override does not shorten it. The caller must
 * hold the ledger's lock.
 * @throws AssayError `conflict`
 */
export async function refuseInCoolDown(
  tx: Db,
  { model, alias, version }: { model: string; alias: string; version: number },
): Promise<void> {
  const record = sql`${promotions.record}::jsonb`;
  const [row] = await tx
    .select({ record: promotions.record })
    .from(promotions)
    .where(
      and(
        eq(promotions.model, model),
        sql`${record} ->> 'kind' = 'rollback' and ${record} ->> 'alias' = ${alias} and (${record} ->> 'previousVersion')::int = ${version}`,
      ),
    )
    .orderBy(desc(promotions.sequence))
    .limit(1);
  if (row === undefined) return;
  const { sequence, at, mayReturnAt = daysLater(at, usualTerms.coolDownDays) } = parseRecord(row.record) as RollbackRecord;
  if (reached(mayReturnAt, new Date(await databaseTime(tx)))) return;
  throw new AssayError(
    'conflict',
    `${model}@${version} was rolled back from ${model}@${alias} by record ${sequence} and may return from ${mayReturnAt} on`,
    {
      hint: 'find out meanwhile why it was taken back; another version may take its place at once',
    },
  );
}
