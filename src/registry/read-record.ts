import { and, desc, eq } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { type HistoryItem, historyItem, ofModel, parseRecord } from './history.ts';
import { databaseTime } from './ledger.ts';
import type { LedgerRecord } from './record.ts';

/** A record of the ledger: as `model history` shows it, and whole. */
export interface RecordDetail {
  readonly decision: HistoryItem;
  readonly record: LedgerRecord;
}

/** A record of a model by its sequence, a refusal or a look at the vault too. @throws AssayError `not_found` */
export async function readRecord(db: Db, model: string, sequence: number): Promise<RecordDetail> {
  const found = await newest(db, model, sequence);
  if (found !== null) return found;
  throw new AssayError('not_found', `the ledger has no record ${sequence} of a model ${model}`, {
    hint: `assay model history ${model} shows every record of it`,
  });
}

/** The newest record that names a model (null: none). */
export async function newestDecision(db: Db, model: string): Promise<HistoryItem | null> {
  return (await newest(db, model))?.decision ?? null;
}

async function newest(db: Db, model: string, sequence?: number): Promise<RecordDetail | null> {
  const [row] = await db
    .select({ record: promotions.record, hash: promotions.hash, signature: promotions.signature })
    .from(promotions)
    .where(sequence === undefined ? eq(promotions.model, model) : and(ofModel(model), eq(promotions.sequence, sequence)))
    .orderBy(desc(promotions.sequence))
    .limit(1);
  if (row === undefined) return null;
  const record = parseRecord(row.record);
  return { record, decision: historyItem(record, row, new Date(await databaseTime(db))) };
}
