import { eq, sql } from 'drizzle-orm';
import { checkName } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import type { SpaceJson } from '../../search/space/param.ts';
import type { StudyDescription, StudyRecord } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import type { StudyRow } from './ask.ts';

/**
 * Create the study, or find it again and take over what may change from one run to the next: budget, sampler, pruner, seed,
 * attempts and module. Trials that exist keep what they were asked with.
 */
export async function openStudy(db: Db, study: StudyDescription): Promise<StudyRecord> {
  checkName('study', study.name);
  return db.transaction(async (tx) => {
    const columns = columnsOf(study);
    const [created] = await tx.insert(studies).values(columns).onConflictDoNothing({ target: studies.name }).returning();
    if (created !== undefined) return recordOf(created, true);

    const [stored] = await tx.select().from(studies).where(eq(studies.name, study.name)).for('no key update');
    if (stored === undefined) throw new AssayError('conflict', `study ${study.name} was removed at this moment`, { hint: 'try again' });
    refuseAnotherQuestion(stored, study);
    if (canonicalJson(columnsOf(recordOf(stored, false))) === canonicalJson(columns)) return recordOf(stored, false);

    const [updated] = await tx
      .update(studies)
      .set({
        ...columns,
        revision: sql`${studies.revision} + 1`,
        updatedAt: sql`now()`,
      })
      .where(eq(studies.id, stored.id))
      .returning();
    return recordOf(updated ?? stored, false);
  });
}

/** A history of answers is worth nothing for a different question. */
function refuseAnotherQuestion(stored: StudyRow, study: StudyDescription): void {
  const hint = `keep it and give the new one another name (--name ${study.name}-2), or change the file back`;
  if (stored.spaceHash !== study.spaceHash)
    throw new AssayError(
      'space_changed',
      `the search space of study ${study.name} is another one now: ${spaceDifference(stored.space, study.space)}`,
      { place: study.name, hint },
    );
  if (stored.direction !== study.direction)
    throw new AssayError('space_changed', `study ${study.name} was created to ${stored.direction}, not to ${study.direction}`, {
      place: study.name,
      hint,
    });
}

function spaceDifference(before: SpaceJson, after: SpaceJson): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differences = names.flatMap((name) => {
    if (!(name in after)) return [`${name} is gone`];
    if (!(name in before)) return [`${name} is new`];
    const [was, is] = [canonicalJson(before[name]), canonicalJson(after[name])];
    return was === is ? [] : [`${name} was ${was}, is ${is}`];
  });
  return differences.join('; ');
}

function columnsOf(study: StudyDescription): typeof studies.$inferInsert {
  return {
    name: study.name,
    direction: study.direction,
    space: study.space,
    spaceHash: study.spaceHash,
    samplerId: study.sampler.id,
    samplerOptions: study.sampler.options,
    prunerId: study.pruner.id,
    prunerOptions: study.pruner.options,
    budgetTrials: study.budget.trials,
    seed: study.seed,
    maxAttempts: study.maxAttempts,
    moduleUrl: study.module.url,
    sourceHash: study.module.sourceHash,
    gitCommit: study.module.gitCommit,
    gitDirty: study.module.gitDirty,
  };
}

export function recordOf(row: StudyRow, created: boolean): StudyRecord {
  return {
    id: row.id,
    revision: row.revision,
    created,
    name: row.name,
    direction: row.direction,
    space: row.space,
    spaceHash: row.spaceHash,
    sampler: { id: row.samplerId, options: row.samplerOptions },
    pruner: { id: row.prunerId, options: row.prunerOptions },
    budget: { trials: row.budgetTrials },
    seed: row.seed,
    maxAttempts: row.maxAttempts,
    module: {
      url: row.moduleUrl,
      sourceHash: row.sourceHash,
      gitCommit: row.gitCommit,
      gitDirty: row.gitDirty,
    },
  };
}
