import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Db } from '../database.ts';
import { freezes, studies } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';

export type FreezeRow = typeof freezes.$inferSelect;

/** Advisory lock of everything that changes which studies a freeze holds. Taken before any row is locked. */
const groupsLock = 0x67_72_6f_75_70_73;

/** Lets no other transaction freeze, lift or open a study in a group until this one ends. */
export async function lockGroups(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${groupsLock}::bigint)`);
}

/** The freeze of a group that stands (null: none does). */
export async function standingFreeze(tx: Db, group: string): Promise<FreezeRow | null> {
  const [freeze] = await tx
    .select()
    .from(freezes)
    .where(and(eq(freezes.group, group), isNull(freezes.liftedAt)));
  return freeze ?? null;
}

/**
 * Lets a freeze hold the studies of its group, or lets them go, and increments their revisions, for their followers. What is opened or
 * renamed later is held by a trigger. Rows are locked in the order of their keys, and no other transaction locks more than one.
 */
export async function setHold(tx: Db, freeze: FreezeRow, held: boolean): Promise<void> {
  const which: SQL = held ? sql`group_name = ${freeze.group}` : sql`(group_name = ${freeze.group} or frozen_by = ${freeze.id})`;
  await tx.execute(sql`
    with locked as (select id from studies where ${which} order by id for no key update)
    update studies set frozen_by = case when ${held} and name <> ${freeze.study} then ${freeze.id}::bigint end, revision = revision + 1, updated_at = now()
    from locked where studies.id = locked.id`);
}

/** What a freeze waits for, in words. */
export function describeFreeze({ group, study, policy, frozenBy, frozenAt }: FreezeRow): string {
  const since = `${frozenAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `group ${group} waits until a trial of study ${study} passes the gates of ${policy} (frozen by ${frozenBy}, ${since})`;
}

/** The error of an order to a study that a freeze holds. */
function frozenFault(study: string, freeze: FreezeRow): AssayError {
  return new AssayError('conflict', `study ${study} is frozen: ${describeFreeze(freeze)}`, {
    hint: `\`assay freeze show ${freeze.group}\` shows how far it is; \`assay freeze lift ${freeze.group} --reason "…"\` ends it without the gates`,
  });
}

/** @throws AssayError `conflict` if a freeze holds the study */
export async function refuseFrozen(tx: Db, { name, frozenBy }: Pick<StudyRow, 'name' | 'frozenBy'>): Promise<void> {
  if (frozenBy === null) return;
  const [freeze] = await tx.select().from(freezes).where(eq(freezes.id, frozenBy));
  if (freeze !== undefined) throw frozenFault(name, freeze);
}

/** As {@link refuseFrozen}, of a study by its key; reads its row. */
export async function refuseFrozenStudy(tx: Db, id: number): Promise<void> {
  const [study] = await tx.select({ name: studies.name, frozenBy: studies.frozenBy }).from(studies).where(eq(studies.id, id));
  if (study !== undefined) await refuseFrozen(tx, study);
}

/** As {@link refuseFrozen}, of a study that is to be opened. */
export async function refuseFrozenGroup(tx: Db, { name, group }: { readonly name: string; readonly group?: string }): Promise<void> {
  const freeze = group === undefined ? null : await standingFreeze(tx, group);
  if (freeze !== null && freeze.study !== name) throw frozenFault(name, freeze);
}

/** @throws AssayError `conflict` if the study would leave a group while that is frozen */
export async function refuseLeaving(tx: Db, stored: StudyRow, group: string | undefined): Promise<void> {
  if (stored.group === null || stored.group === group) return;
  const freeze = await standingFreeze(tx, stored.group);
  if (freeze === null) return;
  throw new AssayError('conflict', `study ${stored.name} cannot leave its group: ${describeFreeze(freeze)}`, {
    place: stored.name,
    hint: `keep group: '${stored.group}' in the study file until the freeze is lifted`,
  });
}
