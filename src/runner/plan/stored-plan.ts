import { AssayError } from '../../core/errors.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { countStudyLooks } from '../../storage/validations/looks.ts';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { readStoredPolicy } from '../../validation/gates/stored-policy.ts';
import { outlookOf, type PlanNumbers, type StudyOutlook } from './outlook.ts';

/**
 * What a stored study can show, from what was stored when it was opened last, without its file and data. The looks at its test days so far
 * count where none are given.
 * @throws AssayError `not_found` for an unknown study, and for one whose folds are not stored; `usage` for fewer looks than models;
 * `config_invalid` if its gate policy is not there any more
 */
export async function storedPlan(db: Db, name: string, { models, seeds, looks }: PlanNumbers): Promise<StudyOutlook> {
  const { id, policy, policyRules, budgetTrials, evidenceAhead: evidence, ahead } = await findStudy(db, name);
  if (evidence?.folds === undefined)
    throw new AssayError('not_found', `no folds of ${name} are stored, so there is nothing to plan from`, {
      hint: 'plan it from its file (assay plan <file>), or open it again with assay run, which stores them; a study without a walkForward has none',
    });
  // A promotion is asked by the numbers of before, too.
  const present = loadGatePolicy(policy);
  const before = policyRules === null ? null : readStoredPolicy(policyRules, present);
  return outlookOf({
    study: name,
    policies: [present, ...(before !== null && 'policy' in before ? [before.policy] : [])],
    scheme: null,
    trials: budgetTrials,
    evidence: { ...evidence, folds: evidence.folds },
    ahead,
    models,
    seeds,
    looks: looks ?? Math.max(models, (await countStudyLooks(db, id)) || 0),
  });
}
