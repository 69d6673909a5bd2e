import { asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { Db } from '../database.ts';
import { freezes, freezeVerdicts } from '../schema/index.ts';
import { type FreezeRow, standingFreeze } from '../sql/frozen.ts';
import { requireGroup } from './find.ts';

export interface FreezeVerdict {
  readonly colour: 'green' | 'red';
  /** Address of the trial that was judged. */
  readonly trial: string;
  readonly reason: string;
  /** The results of the gates. */
  readonly verdicts: Json;
  /** The study that green opened (null: none). */
  readonly opened: string | null;
  readonly at: string;
  readonly by: string;
}

export interface FreezeItem {
  readonly group: string;
  /** The study that goes on. */
  readonly study: string;
  /** The gate policy that a trial of it has to pass. */
  readonly policy: string;
  readonly state: 'frozen' | 'lifted';
  readonly frozenAt: string;
  readonly frozenBy: string;
  readonly lifted: { readonly at: string; readonly by: string; readonly because: string } | null;
  /** Names of the studies that it holds now. */
  readonly holds: readonly string[];
  /** In the order of the judgements. */
  readonly verdicts: readonly FreezeVerdict[];
}

/** The freezes that stand, by group. */
export function listFreezes(db: Db): Promise<readonly FreezeItem[]> {
  return db.transaction(
    async (tx) => itemsOf(tx, await tx.select().from(freezes).where(isNull(freezes.liftedAt)).orderBy(asc(freezes.group))),
    {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    },
  );
}

/** Every freeze of a group, the newest first. @throws AssayError `not_found` for an unknown group */
export async function readFreezes(db: Db, group: string): Promise<readonly FreezeItem[]> {
  await requireGroup(db, group);
  return db.transaction(
    async (tx) => itemsOf(tx, await tx.select().from(freezes).where(eq(freezes.group, group)).orderBy(desc(freezes.id))),
    {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    },
  );
}

/** The freeze of a group that stands. @throws AssayError `conflict` if none does; `not_found` for an unknown group */
export async function requireStandingFreeze(db: Db, group: string): Promise<FreezeRow> {
  const freeze = await standingFreeze(db, group);
  if (freeze !== null) return freeze;
  const [last] = await db.select().from(freezes).where(eq(freezes.group, group)).orderBy(desc(freezes.id)).limit(1);
  if (last !== undefined)
    throw new AssayError('conflict', `group ${group} is not frozen: ${last.liftedBy} lifted it (${last.liftedBecause})`, {
      hint: `assay freeze show ${group} shows its history`,
    });
  await requireGroup(db, group);
  throw new AssayError('conflict', `group ${group} is not frozen`, { hint: 'assay freeze ls shows which are' });
}

async function itemsOf(tx: Db, rows: readonly FreezeRow[]): Promise<readonly FreezeItem[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const verdicts = await tx.select().from(freezeVerdicts).where(inArray(freezeVerdicts.freezeId, ids)).orderBy(asc(freezeVerdicts.id));
  const held = await tx.execute<{ freeze: string | number; name: string }>(
    sql`select frozen_by as freeze, name from studies where frozen_by = any(${sql.param(ids)}::bigint[]) order by name`,
  );
  return rows.map((row) => ({
    group: row.group,
    study: row.study,
    policy: row.policy,
    state: row.liftedAt === null ? 'frozen' : 'lifted',
    frozenAt: row.frozenAt.toISOString(),
    frozenBy: row.frozenBy,
    lifted: row.liftedAt === null ? null : { at: row.liftedAt.toISOString(), by: row.liftedBy ?? '', because: row.liftedBecause ?? '' },
    holds: held.rows.filter(({ freeze }) => Number(freeze) === row.id).map(({ name }) => name),
    verdicts: verdicts
      .filter(({ freezeId }) => freezeId === row.id)
      .map(({ colour, trial, reason, verdicts: results, opened, judgedAt, judgedBy }) => ({
        colour,
        trial,
        reason,
        verdicts: results,
        opened,
        at: judgedAt.toISOString(),
        by: judgedBy,
      })),
  }));
}
