import { eq, sql } from 'drizzle-orm';
import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { compileSpace } from '../../search/space/compile.ts';
import { describeChange, diffSpaces } from '../../search/space/diff.ts';
import { aimsOf } from '../../search/study/goals.ts';
import type { StudyDescription, StudyRecord } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { answeredSpace, spaceBeforeOf } from '../sql/answered-space.ts';
import { lockGroups, refuseLeaving } from '../sql/frozen.ts';
import { refuseForeign } from '../sql/refuse-foreign.ts';
import { columnsOf, recordOf } from '../sql/study-record.ts';
import { takeEarlier } from '../sql/take-earlier.ts';

/**
 * Creates the study, or finds it and updates what may change between runs: budget, sampler, pruner, earlier studies, seed, attempts, priority, needs,
 * gate policy, group, next study and module. Existing trials keep their parameters. In a group that is frozen the study is held from the start.
 * @throws AssayError `space_changed` if space, objectives or pruned metric contradict the stored ones; `conflict` if the study would leave a
 * group that is frozen
 */
export async function open(db: Db, study: StudyDescription): Promise<StudyRecord> {
  checkName('study', study.name);
  return db.transaction(async (tx) => {
    if (study.group !== undefined) await lockGroups(tx);
    const columns = columnsOf(study);
    const [created] = await tx.insert(studies).values(columns).onConflictDoNothing({ target: studies.name }).returning();
    if (created !== undefined) {
      await takeEarlier(tx, created);
      return recordOf(created, true);
    }

    const [stored] = await tx.select().from(studies).where(eq(studies.name, study.name)).for('no key update');
    if (stored === undefined) throw new AssayError('conflict', `study ${study.name} was removed at this moment`, { hint: 'try again' });
    refuseForeign(stored, `give this one another name (--name ${study.name}-2)`);
    await refuseLeaving(tx, stored, study.group);
    const mayLack = refuseAnotherQuestion(stored, study);
    // Numbers that change after a trial completed must show: a promotion is asked by both.
    if (await hasComplete(tx, stored)) columns.policyRules = stored.policyRules;
    if (canonicalJson(columnsOf(recordOf(stored, false))) === canonicalJson(columns)) return recordOf(stored, false);

    const cancelled = mayLack ? await cancelUnstarted(tx, stored) : 0;
    const [updated] = await tx
      .update(studies)
      .set({
        ...columns,
        spaceBefore: spaceBeforeOf(stored, study.spaceHash),
        endedBecause: null,
        cancelledTrials: stored.cancelledTrials + cancelled,
        revision: sql`${studies.revision} + 1`,
        updatedAt: sql`now()`,
      })
      .where(eq(studies.id, stored.id))
      .returning();
    await takeEarlier(tx, updated ?? stored);
    return recordOf(updated ?? stored, false);
  });
}

/**
 * Refuses a definition that the stored history does not fit; a history of part of the new space does. A widening that no trial has followed
 * can be taken back. Returns true if trials in the queue may lack a parameter of the new space.
 */
function refuseAnotherQuestion(stored: StudyRow, study: StudyDescription): boolean {
  const keep = `keep it and give the new one another name (--name ${study.name}-2)`;
  const hint = `${keep}, or change the file back; \`assay study diff\` shows what changed`;
  const [aims, newAims] = [aimsOf(stored), aimsOf(study)];
  if (aims !== newAims)
    throw new AssayError('space_changed', `study ${study.name} was created to ${aims}, not to ${newAims}`, { place: study.name, hint });
  if (canonicalJson(stored.pruneOn) !== canonicalJson(study.pruneOn))
    throw new AssayError('space_changed', `the curves of study ${study.name} show another metric than the one to prune on now`, {
      place: study.name,
      hint,
    });
  if (stored.spaceHash === study.spaceHash) return false;
  const before = answeredSpace(stored);
  const changes = diffSpaces(compileSpace(before.space), compileSpace(study.space));
  const breaking = changes.filter((change) => change.breaking);
  if (breaking.length > 0)
    throw new AssayError(
      'space_changed',
      `the search space of study ${study.name} is another one now: ${breaking.map((change) => describeChange(change, before.space, study.space)).join('; ')}`,
      {
        place: study.name,
        hint: `${keep}, also where only --set differs, since a pinned space is another study; or go back to the file and the --set of before; \`assay study diff\` shows what changed in the file`,
      },
    );
  return changes.some(({ kind }) => kind === 'added');
}

async function hasComplete(tx: Db, { id }: StudyRow): Promise<boolean> {
  const { rows } = await tx.execute(sql`select 1 from trials where study_id = ${id} and state = 'complete' limit 1`);
  return rows.length > 0;
}

/** Cancels queued and paused trials that may lack a parameter, which frees their places in the budget. */
async function cancelUnstarted(tx: Db, { id, revision }: StudyRow): Promise<number> {
  // `skip locked`: a worker that claims such a trial now holds its row and waits for the study's.
  const { rowCount } = await tx.execute(sql`
    update trials set state = 'cancelled', cancelled_by = 'a widened space', finished_at = clock_timestamp(), revision = ${revision + 1},
      paused_by = null, at_step = null, reason = null
    where id in (select id from trials where study_id = ${id} and state in ('queued', 'paused') for no key update skip locked)`);
  return rowCount ?? 0;
}
