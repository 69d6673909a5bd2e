import { asc, inArray, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import { usedTrials } from '../budget/used-up.ts';
import type { Db } from '../database.ts';
import { studies } from '../schema/index.ts';
import { isWaiting } from '../sql/advance-waiting.ts';

const isOpen = sql<boolean>`exists (select from trials where study_id = studies.id and state in ('queued', 'running'))
  or exists (select from trials where study_id = studies.id and ${isWaiting})`;

/**
 * Location of each study's source, its needs, and whether it is over: every trial has ended and no more are asked for.
 * @param ids null: every study; ids without a study are left out
 */
export async function listSources(db: Db, ids: readonly StudyId[] | null) {
  const rows = await db
    .select({
      id: studies.id,
      name: studies.name,
      revision: studies.revision,
      needs: studies.needs,
      url: studies.moduleUrl,
      sourceHash: studies.sourceHash,
      packagesHash: studies.packagesHash,
      isOpen,
      desiredState: studies.desiredState,
      endedBecause: studies.endedBecause,
      budgetTrials: studies.budgetTrials,
      budgetRules: studies.budgetRules,
      nextNumber: studies.nextNumber,
      cancelledTrials: studies.cancelledTrials,
      failedTrials: studies.failedTrials,
    })
    .from(studies)
    .where(ids === null ? undefined : inArray(studies.id, [...ids]))
    .orderBy(asc(studies.id));
  return rows.map(({ id, name, revision, needs, url, sourceHash, packagesHash, ...study }) => {
    const takesMore = study.desiredState !== 'stopped' && study.endedBecause === null && usedTrials(study) < study.budgetTrials;
    return { id, name, revision, needs, module: { url, sourceHash, packagesHash }, isOver: !study.isOpen && !takesMore };
  });
}
