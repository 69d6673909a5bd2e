import { and, desc, eq, sql } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { parseRecord } from './history.ts';
import { isSamePrincipal, type Principal, sayPrincipal } from './provenance.ts';
import type { DecisionRecord } from './record.ts';

/** A refusal that a second person set aside. */
export interface Override {
  /** Sequence of the refused record. */
  readonly refusal: number;
  /** Who asked for the promotion that was refused. */
  readonly requestedBy: Principal;
}

export interface OverrideRequest {
  readonly model: string;
  readonly alias: string;
  readonly address: string;
  readonly policyHash: string;
  readonly reason: string;
  readonly by: Principal;
}

/** `a fault of the feed; promoted because: the old model drifts`: the reason of an override, and that of the promotion beside it. */
export function sayReasons(reason: string | null, promotionReason: string | null): string {
  return [reason ?? '', ...(promotionReason === null ? [] : [`promoted because: ${promotionReason}`])].join('; ');
}

/**
 * Finds the refusal that an override sets aside: the newest decision on this trial, alias and policy. The caller must hold the ledger's lock.
 * @throws AssayError `usage` for an empty reason; `conflict` if nobody was refused, or by the principal who asked
 */
export async function findRefusal(tx: Db, { model, alias, address, policyHash, reason, by }: OverrideRequest): Promise<Override> {
  if (reason.trim() === '')
    throw new AssayError('usage', 'an override needs a reason', { place: '--override', hint: 'say why the refusal does not count here' });
  const rows = await tx
    .select({ record: promotions.record })
    .from(promotions)
    .where(
      and(
        eq(promotions.model, model),
        sql`${promotions.record}::jsonb ->> 'kind' <> 'rollback' and ${promotions.record}::jsonb ->> 'alias' = ${alias}
          and ${promotions.record}::jsonb ->> 'address' = ${address}`,
      ),
    )
    .orderBy(desc(promotions.sequence))
    .limit(1);
  const newest = rows[0] === undefined ? null : (parseRecord(rows[0].record) as DecisionRecord);
  if (newest?.kind !== 'refused' || newest.policyHash !== policyHash)
    throw new AssayError('conflict', `nobody was refused who asked for ${address} as ${model}@${alias}, so there is nothing to override`, {
      hint: `another person asks first: assay promote '${address}' --to ${model}@${alias}`,
    });
  if (isSamePrincipal(newest.by, by))
    throw new AssayError(
      'conflict',
      `${sayPrincipal(by)} cannot override the refusal of record ${newest.sequence}: ${sayPrincipal(newest.by)} asked for it, which is the same principal`,
      { hint: 'another person overrides it: by a database role of their own, or with --as <name>' },
    );
  return { refusal: newest.sequence, requestedBy: newest.by };
}
