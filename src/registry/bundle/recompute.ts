import { AssayError, messageOf } from '../../core/errors.ts';
import { canonicalJson, hashOf, type Json } from '../../core/json.ts';
import { pack } from '../../core/pack.ts';
import { championResult } from '../../validation/gates/champion.ts';
import { ruleOf } from '../../validation/gates/gate.ts';
import { checkGates, type Gate, type GateResult } from '../../validation/gates/index.ts';
import { gatePolicySchema } from '../../validation/gates/policy.ts';
import { gatesAsked, warningsOf } from '../asked-policies.ts';
import { type DecisionRecord, ledgerGateResult } from '../record.ts';
import type { EvidenceBundle } from './bundle.ts';

/** What a second computation of the verdicts of a bundle gave. */
export interface Recomputed {
  /** Number of verdicts that came out the same, bit for bit; those of {@link reworded} among them. */
  readonly same: number;
  /** One sentence for each that did not. */
  readonly differences: readonly string[];
  /** One sentence for each that only another release can compute: its rule has another version here, or its gate policy cannot be read. Nothing is wrong with it. */
  readonly foreign: readonly string[];
  /** One sentence for each whose numbers are the same while this release gives the reason in other words. */
  readonly reworded: readonly string[];
}

/**
 * Computes every verdict again from the evidence and the gate policy in the bundle alone. Where this release cannot read the gate policy, as
 * one with a gate of a later release, no verdict can be computed and nothing is wrong with any.
 * @throws AssayError `data_invalid` for gate policies that are not those of the bundle's hash, and for evidence that this release cannot judge
 */
export function recompute({ gates, evidence, champion, verdicts, trial }: EvidenceBundle): Recomputed {
  const asked = gatesOf(gates, trial);
  if ('unreadable' in asked) {
    const foreign = verdicts.map(({ gate }) => `the gate ${gate} cannot be computed again: ${asked.unreadable}`);
    return { same: 0, differences: [], foreign, reworded: [] };
  }
  const again = judged(asked, { evidence, champion }, trial);
  const differences = verdicts.flatMap((verdict, i) => differenceOf(verdict, again[i]));
  const foreign = verdicts.flatMap((verdict, i) => foreignOf(verdict, again[i]));
  const reworded = verdicts.flatMap((verdict, i) => rewordingOf(verdict, again[i]));
  const added = again.slice(verdicts.length).map(({ gate }) => `the gate ${gate} is asked, and there is no verdict of it`);
  return { same: verdicts.length - differences.length - foreign.length, differences: [...differences, ...added], foreign, reworded };
}

function differenceOf(verdict: GateResult, again: GateResult | undefined): readonly string[] {
  const { gate } = verdict;
  if (again === undefined || again.gate !== gate) return [`the gate ${gate} is not asked by the gate policy of the bundle in this place`];
  if (hasOtherRule(verdict, again) || isSame(verdict, again)) return [];
  const different = (Object.keys(again) as (keyof GateResult)[]).filter((key) => key !== 'because' && !Object.is(verdict[key], again[key]));
  const shown = different.map((key) => `${key} ${String(verdict[key])}, and again ${String(again[key])}`);
  return [`the verdict of the gate ${gate} differs: ${shown.join('; ')}`];
}

function foreignOf(verdict: GateResult, again: GateResult | undefined): readonly string[] {
  const { gate, version } = verdict;
  if (again?.gate !== gate || !hasOtherRule(verdict, again)) return [];
  return [`the gate ${gate} was of the version ${version} and is ${again.version} in this release, which cannot compute it again`];
}

/** The numbers are in the bundle: where they alone differ, the verdict does not belong to them. */
function hasOtherRule(verdict: GateResult, again: GateResult): boolean {
  return ruleOf(verdict.version) !== ruleOf(again.version);
}

function rewordingOf(verdict: GateResult, again: GateResult | undefined): readonly string[] {
  if (again === undefined || !isSame(verdict, again) || verdict.because === again.because) return [];
  return [`the gate ${verdict.gate} gives the same numbers and another reason: ${verdict.because}, and again ${again.because}`];
}

/** The numbers decide; a reason is their words, which a release may mend without another version of the rule. */
function isSame(verdict: GateResult, again: GateResult): boolean {
  return pack({ ...verdict, because: '' }).json === pack({ ...again, because: '' }).json;
}

/** Says where a bundle contradicts the record that names it. */
export function contradictions(bundle: EvidenceBundle, record: DecisionRecord): readonly string[] {
  const pairs: readonly (readonly [what: string, bundled: unknown, recorded: unknown])[] = [
    ['trial', bundle.trial, record.address],
    ['policy', bundle.policyHash, record.policyHash],
    ['parameters', bundle.params, record.config.params],
    ['gate policy', bundle.gates, record.gates],
    ['verdicts', bundle.verdicts.map(ledgerGateResult), record.verdicts],
    ['data', bundle.data, record.data],
    ['code', bundle.code, record.code],
    ['seeds', bundle.evidence.seeds.map(({ seed }) => seed), record.config.seeds],
    ['definition of the validation', bundle.validation.definitionHash, record.config.validation?.definitionHash],
  ];
  return pairs
    .filter(([, bundled, recorded]) => canonicalJson(bundled ?? null) !== canonicalJson(recorded ?? null))
    .map(([what]) => `bundle and record differ in the ${what}`);
}

/** What the policies of a bundle ask: their gates, and what stands beside the results of these. */
interface Asked {
  readonly gates: readonly Gate[];
  readonly warnings: readonly GateResult[];
}

/** The gates of the bundle, or why this release cannot read its gate policies. @throws AssayError `data_invalid` if they lack their hash */
function gatesOf({ policies, hash }: DecisionRecord['gates'], place: string): Asked | { readonly unreadable: string } {
  // A bundle of another release may have anything here.
  const given: unknown = policies;
  const rules = (Array.isArray(given) ? given : []).map((policy: { readonly rules?: Json } | null) => policy?.rules ?? null);
  if (rules.length === 0 || hashOf(rules) !== hash)
    throw new AssayError('data_invalid', 'the gate policies in the evidence bundle do not have the hash that it states', {
      place,
      hint: 'the bundle was changed after it was made: take it from where it was kept',
    });
  const read = rules.map((policy) => gatePolicySchema.safeParse(policy));
  const issue = read.flatMap(({ error }) => error?.issues ?? [])[0];
  if (issue !== undefined)
    return { unreadable: `this release cannot read the gate policy at ${issue.path.join('.') || 'its root'} (${issue.message})` };
  return {
    gates: gatesAsked(read.flatMap(({ data }) => (data === undefined ? [] : [{ policy: data }]))),
    warnings: warningsOf(policies),
  };
}

/** The gates are pure functions of well-formed evidence; of any other they may throw anything. */
function judged(
  { gates, warnings }: Asked,
  { evidence, champion }: { readonly evidence: EvidenceBundle['evidence']; readonly champion: EvidenceBundle['champion'] | undefined },
  place: string,
): readonly GateResult[] {
  try {
    return [...checkGates(gates, evidence).gateResults, ...warnings, ...(champion === undefined ? [] : [championResult(champion)])];
  } catch (cause) {
    throw new AssayError('data_invalid', `the evidence in the bundle cannot be judged by this release: ${messageOf(cause)}`, {
      place,
      cause,
    });
  }
}
