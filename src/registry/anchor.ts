import { desc } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { genesisHash } from './record.ts';
import type { LedgerFinding } from './verify.ts';

/** The newest record of a ledger: kept elsewhere, it shows later whether this record and all before it are still there, unchanged. */
export interface Anchor {
  /** 64 zeros for an empty ledger. */
  readonly hash: string;
  readonly records: number;
}

/** `<hash>:<number of records>`. */
export function formatAnchor({ hash, records }: Anchor): string {
  return `${hash}:${records}`;
}

/** @throws AssayError `usage` for another form, also for no records with a hash, or records with none. */
export function parseAnchor(text: string): Anchor {
  const [, hash, count] = /^([0-9a-f]{64}):(0|[1-9]\d{0,14})$/.exec(text.trim().toLowerCase()) ?? [];
  const records = Number(count);
  if (hash !== undefined && (records === 0) === (hash === genesisHash)) return { hash, records };
  throw new AssayError('usage', `${JSON.stringify(text)} is not an anchor`, {
    hint: 'assay model anchor prints it: the 64 digits of a hash, a colon, the number of records',
  });
}

export async function readAnchor(db: Db): Promise<Anchor> {
  const [last] = await db
    .select({ hash: promotions.hash, records: promotions.sequence })
    .from(promotions)
    .orderBy(desc(promotions.sequence))
    .limit(1);
  return last ?? { hash: genesisHash, records: 0 };
}

/** Compares the records up to the anchor with it. Records after it are no finding. */
export function checkAnchor(
  rows: readonly { readonly sequence: number; readonly hash: string }[],
  { hash, records }: Anchor,
): readonly LedgerFinding[] {
  const last = rows.at(-1)?.sequence ?? 0;
  const fail = (found: string): readonly LedgerFinding[] => [{ check: 'anchor', state: 'fail', place: `record ${records}`, found }];
  if (records === 0) return [];
  const there = rows.find(({ sequence }) => sequence === records);
  if (there?.hash === hash) return [];
  const elsewhere = rows.find((row) => row.hash === hash);
  if (elsewhere !== undefined)
    return fail(`the hash of the anchor is that of record ${elsewhere.sequence}: its number of records is wrong`);
  if (last < records)
    return fail(`the ledger ends with record ${last}, the anchor was made with ${records}: its tail was cut, or it is another ledger`);
  return fail(`it has the hash ${there?.hash ?? 'of no record'}, the anchor has ${hash}: history was rewritten, or it is another ledger`);
}
