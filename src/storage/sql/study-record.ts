import type { StudyDescription, StudyRecord } from '../../search/study/storage.ts';
import type { studies } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { moduleOf } from './module-of.ts';

/** A study's definition as the columns of its row. */
export function columnsOf(study: StudyDescription): typeof studies.$inferInsert {
  const { trials: budgetTrials, ...budgetRules } = study.budget;
  return {
    name: study.name,
    direction: study.direction,
    objectives: study.objectives,
    space: study.space,
    spaceHash: study.spaceHash,
    samplerId: study.sampler.id,
    samplerOptions: study.sampler.options,
    prunerId: study.pruner.id,
    prunerOptions: study.pruner.options,
    pruneOn: study.pruneOn,
    budgetTrials,
    budgetRules: Object.keys(budgetRules).length === 0 ? null : budgetRules,
    replicates: study.replicates === undefined || study.replicates === 'none' ? null : study.replicates,
    warmStart: study.warmStart === undefined || study.warmStart.length === 0 ? null : study.warmStart,
    seed: study.seed,
    maxAttempts: study.maxAttempts,
    priority: study.priority,
    needs: study.needs,
    evidenceAhead: study.evidence ?? null,
    ahead: study.ahead ?? null,
    vault: study.vault ?? null,
    group: study.group ?? null,
    nextStudy: study.next ?? null,
    policy: study.policy,
    policyRules: study.policyRules ?? null,
    moduleUrl: study.module.url,
    sourceHash: study.module.sourceHash,
    packagesHash: study.module.packagesHash,
    gitCommit: study.module.gitCommit,
    gitDirty: study.module.gitDirty,
  };
}

/** A study as the port returns it. */
export function recordOf(row: StudyRow, created: boolean): StudyRecord {
  return {
    id: row.id,
    revision: row.revision,
    created,
    name: row.name,
    direction: row.direction,
    objectives: row.objectives,
    space: row.space,
    spaceHash: row.spaceHash,
    sampler: { id: row.samplerId, options: row.samplerOptions },
    pruner: { id: row.prunerId, options: row.prunerOptions },
    pruneOn: row.pruneOn,
    budget: { trials: row.budgetTrials, ...row.budgetRules },
    ...(row.replicates !== null && { replicates: row.replicates }),
    ...(row.warmStart !== null && { warmStart: row.warmStart }),
    seed: row.seed,
    maxAttempts: row.maxAttempts,
    priority: row.priority,
    needs: row.needs,
    ...(row.evidenceAhead !== null && { evidence: row.evidenceAhead }),
    ...(row.ahead !== null && { ahead: row.ahead }),
    ...(row.vault !== null && { vault: row.vault }),
    ...(row.group !== null && { group: row.group }),
    ...(row.nextStudy !== null && { next: row.nextStudy }),
    policy: row.policy,
    ...(row.policyRules !== null && { policyRules: row.policyRules }),
    module: moduleOf(row),
  };
}
