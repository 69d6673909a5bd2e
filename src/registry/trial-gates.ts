import { type TrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import { createArtifactStore } from '../storage/artifacts/open.ts';
import type { Db } from '../storage/database.ts';
import { readEvidence, type TrialEvidence } from '../storage/validations/read-evidence.ts';
import { loadGateRules } from '../trading/config/load.ts';
import { checkGates, type GateResult, type GateRules, promotionGates } from '../validation/gates/index.ts';
import { wholeBytes } from './bundle/make-bundle.ts';
import { type Decision, promote } from './promote.ts';
import { openSigner } from './signing/signing-key.ts';

export interface TrialGates {
  readonly passed: boolean;
  readonly gateResults: readonly GateResult[];
  readonly evidence: TrialEvidence;
  /** The numbers of the gates. */
  readonly rules: GateRules;
}

/**
 * Checks every promotion gate on a trial's newest validation. Only reads; the same evidence gives the same results.
 * @throws AssayError `not_found` for an unknown or never validated trial, `conflict` for an unfinished validation.
 */
export async function checkTrialGates(db: Db, dataDir: string, trial: TrialAddress): Promise<TrialGates> {
  const store = wholeBytes(createArtifactStore(dataDir), trialAddress(trial.study, trial.number));
  const evidence = await readEvidence(db, store, trial);
  const rules = loadGateRules();
  return { ...checkGates(promotionGates(rules), evidence.evidence), evidence, rules };
}

export interface TrialPromotion {
  readonly trial: TrialAddress;
  readonly model: string;
  readonly alias: string;
  readonly reason: string | null;
}

/** Checks a trial's gates, appends the decision to the ledger, and moves the alias if every gate passed. */
export async function promoteTrial(
  db: Db,
  dataDir: string,
  { trial, model, alias, reason }: TrialPromotion,
): Promise<{ readonly gateResults: readonly GateResult[]; readonly decision: Decision }> {
  const { gateResults, evidence, rules } = await checkTrialGates(db, dataDir, trial);
  const store = wholeBytes(createArtifactStore(dataDir), trialAddress(trial.study, trial.number));
  const decision = await promote(db, store, {
    model,
    alias,
    address: trialAddress(trial.study, trial.number),
    gateResults,
    rules,
    evidence,
    policyHash: policyToPromote(evidence),
    data: evidence.data,
    reason,
    signer: openSigner(dataDir),
  });
  return { gateResults, decision };
}

/**
 * The policy to promote: that of the last fold, which was trained on the most data, and of the first requested seed. Both are fixed
 * before the evaluation, so that the luckiest seed cannot be chosen.
 */
function policyToPromote({ address, evidence, policies }: TrialEvidence): string {
  const lastFold = Math.max(...policies.map(({ fold }) => fold));
  const chosen = policies.find(({ fold, seed }) => fold === lastFold && seed === evidence.seeds[0]?.seed);
  if (chosen !== undefined) return chosen.hash;
  throw new AssayError('conflict', `the validation of ${address} kept no policy`, { hint: `assay validate '${address}' trains it again` });
}
