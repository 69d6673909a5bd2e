import { AssayError } from '../core/errors.ts';
import { hashOf, type Json } from '../core/json.ts';
import { loadGatePolicy } from '../trading/config/load.ts';
import type { Gate, GateResult } from '../validation/gates/gate.ts';
import { type GatePolicy, gatesOf, policyVersion } from '../validation/gates/policy.ts';
import { type Lacked, lackedResult, readStoredPolicy } from '../validation/gates/stored-policy.ts';
import type { LedgerGates } from './record.ts';

/** A gate policy that a trial is asked by, and why. */
export interface AskedPolicy {
  readonly policy: GatePolicy;
  readonly version: string;
  /**
   * `named`: by the person who asks; `study`: by the study; `before`: its numbers when the study's first trial completed, as they have
   * changed since.
   */
  readonly by: 'named' | 'study' | 'before';
  /** Of numbers of before: what they lack, and what is asked in its place (absent: nothing). */
  readonly lacked?: readonly Lacked[];
}

/** The gate policy of a study, as it is stored. */
export interface StudyPolicy {
  readonly name: string;
  /** The whole gate policy when the first trial completed (null: not known, or no trial is complete). */
  readonly before: Json;
}

/**
 * The policy that a person looks at: the one named, else the study's; with its earlier numbers where they have changed.
 * @throws AssayError `config_invalid` for an unknown policy, `conflict` for earlier numbers that this release cannot read
 */
export function policiesToShow(study: StudyPolicy, named?: string): readonly AskedPolicy[] {
  const name = named ?? study.name;
  const shown = asked(loadGatePolicy(name), named === undefined ? 'study' : 'named');
  return name === study.name ? distinct([shown, ...beforeOf(study, shown.policy)]) : [shown];
}

/**
 * The policies that a promotion is asked by: the study's own, its earlier numbers where they have changed, and the one named. All must pass,
 * so a promotion takes the stricter of any two.
 * @throws AssayError `usage` if none of them may promote by itself, and as {@link policiesToShow}
 */
export function policiesToPromote(study: StudyPolicy, named?: string): readonly AskedPolicy[] {
  const present = loadGatePolicy(study.name);
  const policies = distinct([
    ...(named === undefined ? [] : [asked(loadGatePolicy(named), 'named')]),
    asked(present, 'study'),
    ...beforeOf(study, present),
  ]);
  if (!policies.some(({ policy }) => policy.promotes))
    throw new AssayError('usage', `the gate policy ${policies[0]!.policy.name} judges a stage and promotes nothing by itself`, {
      hint: 'name one that promotes beside it: --policy default',
    });
  return policies;
}

/** Name of the policy that the person who asked has named (undefined: none). */
export function namedPolicy(policies: readonly Pick<AskedPolicy, 'policy' | 'by'>[]): string | undefined {
  return policies.find(({ by }) => by === 'named')?.policy.name;
}

/** The gates of all policies. One that several name with the same numbers is asked once, and refuses if it refuses in any of them. */
export function gatesAsked(policies: readonly Pick<AskedPolicy, 'policy'>[]): readonly Gate[] {
  const all = policies.flatMap(({ policy }) => gatesOf(policy));
  const strictest = new Map<string, Gate>();
  for (const gate of all) {
    const key = `${gate.id} ${gate.version}`;
    if (!strictest.has(key) || gate.severity === 'refuse') strictest.set(key, gate);
  }
  return [...strictest.values()];
}

/** A warning for each policy that was stored without something that is asked now. */
export function warningsOf(policies: readonly Pick<AskedPolicy, 'version' | 'lacked'>[]): readonly GateResult[] {
  return policies.flatMap(({ version, lacked }) => (lacked === undefined ? [] : [lackedResult(version, lacked)]));
}

/** The policies as a record of the ledger keeps them. */
export function ledgerGates(policies: readonly AskedPolicy[]): LedgerGates {
  return {
    policies: policies.map(({ policy, version, by, lacked }) => ({ version, by, rules: policy, ...(lacked !== undefined && { lacked }) })),
    hash: hashOf(policies.map(({ policy }) => policy)),
  };
}

function beforeOf({ name, before }: StudyPolicy, present: GatePolicy): readonly AskedPolicy[] {
  if (before === null) return [];
  const read = readStoredPolicy(before, present);
  if ('unreadable' in read)
    throw new AssayError(
      'conflict',
      `the study was searched under numbers of the gate policy ${name} that this release cannot read (${read.unreadable})`,
      {
        hint:
          'judge its trials with the release that searched it; or repeat a trial in a new study, which has the numbers of now: ' +
          "assay run <file> --name <new>, assay trial enqueue <new> --like '<study>#<n>' --same-seed, assay validate",
      },
    );
  const { policy, lacked } = read;
  return [{ ...asked(policy, 'before'), ...(lacked.length > 0 && { lacked }) }];
}

function asked(policy: GatePolicy, by: AskedPolicy['by']): AskedPolicy {
  return { policy, version: policyVersion(policy), by };
}

/** The first of each version. */
function distinct(policies: readonly AskedPolicy[]): readonly AskedPolicy[] {
  return policies.filter(({ version }, i) => policies.findIndex((other) => other.version === version) === i);
}
