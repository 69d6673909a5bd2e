import { checkName, type TrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import { hashOf, type Json } from '../core/json.ts';
import { createArtifactStore } from '../storage/artifacts/open.ts';
import type { Db } from '../storage/database.ts';
import { readEvidence, type TrialEvidence } from '../storage/validations/read-evidence.ts';
import { championResult } from '../validation/gates/champion.ts';
import { checkGates, type GateResult, passesAll } from '../validation/gates/index.ts';
import { type AskedPolicy, gatesAsked, policiesToPromote, policiesToShow, warningsOf } from './asked-policies.ts';
import { wholeBytes } from './bundle/make-bundle.ts';
import { type KeptCard, keepCard } from './card/make-card.ts';
import { readChampion } from './champion.ts';
import { type Decision, promote } from './promote.ts';
import { ledgerGateResult } from './record.ts';
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
  const { passed, gateResults } = checkGates(gatesAsked(policies), evidence.evidence);
  return { passed, gateResults: [...gateResults, ...warningsOf(policies)], evidence, policies };
}

/** A trial that is to become a version of a model, under an alias. */
export interface PromotionTarget {
  readonly trial: TrialAddress;
  readonly model: string;
  readonly alias: string;
  /** Name of a gate policy that is asked beside the study's own. */
  readonly policy?: string | undefined;
}

export interface PromotionGates extends TrialGates {
  /** What the gate `champion` looked at, and the version that the alias names. */
  readonly champion: Awaited<ReturnType<typeof readChampion>>;
  /** A hash of the policies, every result, and what the alias names: equal only while all of them are. */
  readonly tag: string;
}

/**
 * Checks what a promotion asks: the study's policy and any other that is named, and the gate `champion` against what the alias names. Only reads.
 * @throws AssayError as {@link checkTrialGates}, and `usage` where no policy may promote
 */
export async function checkPromotion(db: Db, dataDir: string, { trial, model, alias, policy }: PromotionTarget): Promise<PromotionGates> {
  checkName('model', model);
  checkName('alias', alias);
  const { gateResults: asked, evidence, policies } = await checkAsked(db, dataDir, trial, (study) => policiesToPromote(study, policy));
  const margin = Math.max(...policies.map(({ policy: { championMargin } }) => championMargin));
  const champion = await readChampion(db, { challenger: trial, model, alias, margin });
  const gateResults = champion.evidence === null ? asked : [...asked, championResult(champion.evidence)];
  const judged = {
    policies: policies.map(({ version, by }) => [version, by]),
    verdicts: gateResults.map(ledgerGateResult),
    names: champion.version,
  };
  return { passed: passesAll(gateResults), gateResults, evidence, policies, champion, tag: hashOf(judged as unknown as Json) };
}

export interface TrialPromotion extends PromotionTarget {
  readonly reason: string | null;
  /** Why a second person sets a refusal aside. */
  readonly override?: string | undefined;
  /** Name of who decides; default: the database role and the operating system's user. */
  readonly as?: string | undefined;
  /** UUID of the request, which may be sent again. */
  readonly request?: string | undefined;
  /** Decides only on gate results with one of these tags (null: on any). */
  readonly onlyOn?: readonly string[] | null;
}

/**
 * Checks what a promotion asks, appends the decision to the ledger, and moves the alias if every gate passed or a refusal is overridden. Then
 * it also keeps the model card in the data directory (null: refused).
 * @throws AssayError `changed` for gate results with another tag than those of `onlyOn`
 */
export async function promoteTrial(
  db: Db,
  dataDir: string,
  { reason, override, as, request, onlyOn = null, ...target }: TrialPromotion,
): Promise<Pick<TrialGates, 'gateResults' | 'policies'> & { readonly decision: Decision; readonly card: KeptCard | null }> {
  const { trial, model, alias } = target;
  const { gateResults, evidence, policies, champion, tag } = await checkPromotion(db, dataDir, target);
  const address = trialAddress(trial.study, trial.number);
  if (onlyOn !== null && !onlyOn.includes(tag))
    throw new AssayError('changed', `the gates say something else of ${address} now, or ${model}@${alias} names another version`, {
      hint: 'look at the gates again, and decide on what they say now',
    });
  const store = wholeBytes(createArtifactStore(dataDir), address);
  const decision = await promote(db, store, {
    model,
    alias,
    address,
    gateResults,
    policies,
    evidence,
    champion,
    policyHash: policyToPromote(evidence),
    data: evidence.data,
    reason,
    override,
    as,
    ...(request !== undefined && { request }),
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
