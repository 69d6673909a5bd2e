import { and, asc, inArray, sql } from 'drizzle-orm';
import type { Db } from '../storage/database.ts';
import { promotions } from '../storage/schema/index.ts';
import { databaseTime } from './ledger.ts';
import { type Principal, sayPrincipal } from './provenance.ts';
import { daysLater, reached, usualTerms } from './terms.ts';

/** What the ledger says of a version today. */
export interface Standing {
  /** When its evidence is too old. A promotion of the same version renews it (null: no record promoted it). */
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** Every time that it came past its gates by an override, oldest first: a later promotion takes none of them away. */
  readonly overrides: readonly OverrideItem[];
}

export interface OverrideItem {
  readonly sequence: number;
  readonly at: string;
  readonly by: string;
  readonly requestedBy: string;
  readonly reason: string | null;
  /** The reason of the promotion, where there is one beside that of the override. */
  readonly promotionReason: string | null;
}

export const noStanding: Standing = { expiresAt: null, expired: false, overrides: [] };

/** The standing of every version of these models: by model and version. */
export async function standingsOf(db: Db, models: readonly string[]): Promise<(model: string, version: number) => Standing> {
  if (models.length === 0) return () => noStanding;
  const record = sql`${promotions.record}::jsonb`;
  const rows = await db
    .select({
      sequence: promotions.sequence,
      model: promotions.model,
      version: sql<number>`(${record} ->> 'version')::int`,
      kind: sql<string>`${record} ->> 'kind'`,
      at: sql<string>`${record} ->> 'at'`,
      expiresAt: sql<string | null>`${record} ->> 'expiresAt'`,
      by: sql<Principal>`${record} -> 'by'`,
      requestedBy: sql<Principal | null>`${record} -> 'override' -> 'requestedBy'`,
      reason: sql<string | null>`${record} ->> 'reason'`,
      promotionReason: sql<string | null>`${record} -> 'override' ->> 'promotionReason'`,
    })
    .from(promotions)
    .where(and(inArray(promotions.model, [...models]), sql`${record} ->> 'kind' in ('promoted', 'override')`))
    .orderBy(asc(promotions.sequence));
  const now = new Date(await databaseTime(db));
  return (model, version) => {
    const own = rows.filter((row) => row.model === model && row.version === version);
    const last = own.at(-1);
    if (last === undefined) return noStanding;
    const expiresAt = last.expiresAt ?? daysLater(last.at, usualTerms.expiresAfterDays);
    return {
      expiresAt,
      expired: reached(expiresAt, now),
      overrides: own
        .filter(({ kind }) => kind === 'override')
        .map(({ sequence, at, by, requestedBy, reason, promotionReason }) => ({
          sequence,
          at,
          by: sayPrincipal(by),
          requestedBy: requestedBy === null ? '' : sayPrincipal(requestedBy),
          reason,
          promotionReason,
        })),
    };
  };
}
