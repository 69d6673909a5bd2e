import { desc, sql } from 'drizzle-orm';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { genesisHash, type LedgerRecord, type Sealed, sealRecord } from './record.ts';
import type { Signer } from './signing/signing-key.ts';

/** Advisory lock of all writers to the ledger, so that the chain has one end. */
const ledgerLock = 0x6c_65_64_67_65_72;

/** The members of a record that the ledger sets. */
export type Placed = Pick<LedgerRecord, 'sequence' | 'previousHash' | 'at' | 'signer'>;

/** Blocks other writers to the ledger until the caller's transaction ends. */
export async function lockLedger(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${ledgerLock})`);
}

/** Appends a record to the chain, signed if there is a signer. The caller must hold the ledger's lock. */
export async function appendRecord<Kind extends LedgerRecord>(
  tx: Db,
  signer: Signer | undefined,
  recordAt: (placed: Placed) => Kind,
): Promise<{ readonly record: Kind; readonly sealed: Sealed }> {
  const [last] = await tx
    .select({ sequence: promotions.sequence, hash: promotions.hash })
    .from(promotions)
    .orderBy(desc(promotions.sequence))
    .limit(1);
  const record = recordAt({
    sequence: (last?.sequence ?? 0) + 1,
    previousHash: last?.hash ?? genesisHash,
    at: await databaseTime(tx),
    ...(signer !== undefined && { signer: signer.id }),
  });
  const { text, hash } = sealRecord(record);
  const sealed = { hash, signature: signer?.sign(hash) ?? null };
  await tx.insert(promotions).values({
    sequence: record.sequence,
    record: text,
    previousHash: record.previousHash,
    ...sealed,
  });
  return { record, sealed };
}

/** The time by the database's clock, RFC 3339. */
export async function databaseTime(tx: Db): Promise<string> {
  const { rows } = await tx.execute<{ now: string }>(sql`select clock_timestamp() as now`);
  return new Date(rows[0]?.now ?? Number.NaN).toISOString();
}
