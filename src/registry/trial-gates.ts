import { type TrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import { createArtifactStore } from '../storage/artifacts/open.ts';
import type { Db } from '../storage/database.ts';
import { readEvidence, type TrialEvidence } from '../storage/validations/read-evidence.ts';
import { championResult } from '../validation/gates/champion.ts';
import { checkGates, type GateResult } from '../validation/gates/index.ts';
import { type AskedPolicy, gatesAsked, policiesToPromote, policiesToShow } from './asked-policies.ts';
import { wholeBytes } from './bundle/make-bundle.ts';
import { type KeptCard, keepCard } from './card/make-card.ts';
import { readChampion } from './champion.ts';
import { type Decision, promote } from './promote.ts';
import { openSigner } from './signing/signing-key.ts';

export interface TrialGates {
  readonly passed: boolean;
  readonly gateResults: readonly GateResult[];
  readonly evidence: TrialEvidence;
  /** The gate policies that were asked; all must pass. */
  readonly policies: readonly AskedPolicy[];
}

/**
 * Checks the gates of a policy on a trial's newest validation. Only reads; the same evidence gives the same results.
 * @param policy name of the gate policy; default: the study's
 * @throws AssayError `not_found` for an unknown or never validated trial, `conflict` for an unfinished validation, `config_invalid` for an
 * unknown policy
 */
export async function checkTrialGates(db: Db, dataDir: string, trial: TrialAddress, policy?: string): Promise<TrialGates> {
  return checkAsked(db, dataDir, trial, (study) => policiesToShow(study, policy));
}

async function checkAsked(
  db: Db,
  dataDir: string,
  trial: TrialAddress,
  asked: (study: TrialEvidence['gatePolicy']) => readonly AskedPolicy[],
): Promise<TrialGates> {
  const store = wholeBytes(createArtifactStore(dataDir), trialAddress(trial.study, trial.number));
  const evidence = await readEvidence(db, store, trial);
  const policies = asked(evidence.gatePolicy);
  return { ...checkGates(gatesAsked(policies), evidence.evidence), evidence, policies };
}

export interface TrialPromotion {
  readonly trial: TrialAddress;
  readonly model: string;
  readonly alias: string;
  readonly reason: string | null;
  /** Name of a gate policy that is asked beside the study's own. */
  readonly policy?: string | undefined;
  /** Why a second person sets a refusal aside. */
  readonly override?: string | undefined;
  /** Name of who decides; default: the database role and the operating system's user. */
  readonly as?: string | undefined;
}

/**
 * Checks a trial's gates by the study's policy and any other that is named, and the gate `champion` against what the alias names; appends the
 * decision to the ledger, and moves the alias if every gate passed or a refusal is overridden. Then it also keeps the model card in the data
 * directory (null: refused).
 */
export async function promoteTrial(
  db: Db,
  dataDir: string,
  { trial, model, alias, reason, policy, override, as }: TrialPromotion,
): Promise<Pick<TrialGates, 'gateResults' | 'policies'> & { readonly decision: Decision; readonly card: KeptCard | null }> {
  const { gateResults: asked, evidence, policies } = await checkAsked(db, dataDir, trial, (study) => policiesToPromote(study, policy));
  const margin = Math.max(...policies.map(({ policy: { championMargin } }) => championMargin));
  const champion = await readChampion(db, { challenger: trial, model, alias, margin });
  const gateResults = champion.evidence === null ? asked : [...asked, championResult(champion.evidence)];
  const store = wholeBytes(createArtifactStore(dataDir), trialAddress(trial.study, trial.number));
  const decision = await promote(db, store, {
    model,
    alias,
    address: trialAddress(trial.study, trial.number),
    gateResults,
    policies,
    evidence,
    champion,
    policyHash: policyToPromote(evidence),
    data: evidence.data,
    reason,
    override,
    as,
    signer: openSigner(dataDir),
  });
  const card = decision.version === null ? null : await keepCard(db, store, dataDir, { model, at: decision.version });
  return { gateResults, policies, decision, card };
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
