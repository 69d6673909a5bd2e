import { desc, eq, sql } from 'drizzle-orm';
import { parseTrialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson, type Json } from '../../core/json.ts';
import type { StudyDescription } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { findStudy } from '../readers/find.ts';
import { requireStandingFreeze } from '../readers/freezes.ts';
import { freezes, freezeVerdicts, studies } from '../schema/index.ts';
import { describeFreeze, type FreezeRow, lockGroups, setHold, standingFreeze } from '../sql/frozen.ts';
import { open } from '../verbs/open.ts';

export interface FreezeRequest {
  readonly group: string;
  /** Name of the study that goes on, one of the group. */
  readonly study: string;
  /** Name of the gate policy. */
  readonly policy: string;
  readonly by: string;
}

/**
 * Freezes a group: from the commit on, no study of it begins a trial but the one that works to pass the gates; running trials end as they
 * are. Studies that are opened in the group later are held, too. Safe to repeat: the same request finds the freeze that stands.
 * @throws AssayError `not_found` for the study; `conflict` if it is not of the group, or another freeze of the group stands
 */
export async function freezeGroup(db: Db, { group, study, policy, by }: FreezeRequest): Promise<FreezeRow> {
  return db.transaction(async (tx) => {
    await lockGroups(tx);
    const working = await findStudy(tx, study);
    if (working.group !== group)
      throw new AssayError(
        'conflict',
        `study ${study} is ${working.group === null ? 'in no group' : `in group ${working.group}`}, not in ${group}`,
        {
          hint: `write group: '${group}' into its definition and run it once, or name a study of the group`,
        },
      );
    const standing = await standingFreeze(tx, group);
    if (standing !== null && standing.study === study && standing.policy === policy) return standing;
    if (standing !== null)
      throw new AssayError('conflict', `${describeFreeze(standing)} already`, {
        hint: `assay freeze lift ${group} --reason "…" ends that first`,
      });
    const [freeze] = await tx.insert(freezes).values({ group, study, policy, frozenBy: by }).returning();
    await setHold(tx, freeze!, true);
    return freeze!;
  });
}

export interface LiftRequest {
  readonly group: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Lifts the freeze of a group, by a person and with a reason.
 * @throws AssayError `usage` without a reason; `conflict` if the group is not frozen; `not_found` for an unknown group
 */
export async function liftFreeze(db: Db, { group, reason, by }: LiftRequest): Promise<FreezeRow> {
  if (reason.trim() === '')
    throw new AssayError('usage', 'a freeze is lifted with a reason', {
      place: '--reason',
      hint: 'say why in a few words; it stays in the history',
    });
  return db.transaction(async (tx) => lift(tx, await lockStanding(tx, group), { because: reason.trim(), by }));
}

async function lift(tx: Db, freeze: FreezeRow, { because, by }: { readonly because: string; readonly by: string }): Promise<FreezeRow> {
  const [lifted] = await tx
    .update(freezes)
    .set({ liftedAt: sql`clock_timestamp()`, liftedBy: by, liftedBecause: because })
    .where(eq(freezes.id, freeze.id))
    .returning();
  await setHold(tx, freeze, false);
  return lifted!;
}

/** Locks the groups and returns the freeze that stands. @throws AssayError as {@link requireStandingFreeze} */
async function lockStanding(tx: Db, group: string): Promise<FreezeRow> {
  await lockGroups(tx);
  return requireStandingFreeze(tx, group);
}

/** A study that green opens: as its file describes it, or (null) as it is stored. */
export interface NextStudy {
  readonly name: string;
  readonly description: StudyDescription | null;
}

export interface VerdictRequest {
  readonly group: string;
  /** Address of the trial that was judged, one of the study that works. */
  readonly trial: string;
  /** The gate policy that judged it. */
  readonly policy: string;
  readonly passed: boolean;
  readonly reason: string;
  /** The results of the gates. */
  readonly verdicts: Json;
  /** What green opens. */
  readonly next: NextStudy | null;
  readonly by: string;
}

/**
 * Records what the gates said of a trial of the study that works, in one transaction. Green lifts the freeze and opens the next study, so
 * that workers take its trials; red leaves the freeze as it is. The same red verdict in a row is recorded once.
 * @throws AssayError `conflict` if the group is not frozen any more, or waits for another study or policy; errors of `open`
 */
export async function recordVerdict(db: Db, request: VerdictRequest): Promise<FreezeRow> {
  const { group, trial, policy, passed, reason, verdicts, next, by } = request;
  return db.transaction(async (tx) => {
    const freeze = await lockStanding(tx, group);
    const { study } = parseTrialAddress(trial);
    if (freeze.policy !== policy || freeze.study !== study)
      throw new AssayError('conflict', `${describeFreeze(freeze)}; the verdict is on ${study}, by those of ${policy}`, {
        hint: 'it was frozen again meanwhile; judge once more',
      });
    const colour = passed ? ('green' as const) : ('red' as const);
    const [last] = await tx
      .select()
      .from(freezeVerdicts)
      .where(eq(freezeVerdicts.freezeId, freeze.id))
      .orderBy(desc(freezeVerdicts.id))
      .limit(1);
    const isSame = last?.trial === trial && last.colour === colour && canonicalJson(last.verdicts) === canonicalJson(verdicts);
    if (!isSame)
      await tx
        .insert(freezeVerdicts)
        .values({ freezeId: freeze.id, colour, trial, reason, verdicts, opened: passed ? (next?.name ?? null) : null, judgedBy: by });
    if (!passed) return freeze;
    const lifted = await lift(tx, freeze, { because: `green: ${trial} passes the gates of ${policy}`, by });
    if (next !== null) await openNext(tx, next);
    return lifted;
  });
}

async function openNext(tx: Db, { name, description }: NextStudy): Promise<void> {
  if (description !== null) await open(tx, description);
  const study = await findStudy(tx, name);
  await tx
    .update(studies)
    .set({ desiredState: 'open', revision: sql`${studies.revision} + 1`, updatedAt: sql`now()` })
    .where(eq(studies.id, study.id));
}
