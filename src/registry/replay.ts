import type { DecisionRecord, LedgerRecord, RollbackRecord } from './record.ts';

/** What the ledger says a version is. */
export interface ReplayedVersion {
  readonly trial: string;
  readonly policyHash: string;
  /** The record that made it. */
  readonly sequence: number;
}

/** What an alias names by the ledger. */
export interface ReplayedAlias {
  /** The versions that it named and that a rollback can go back to, the present one last. */
  readonly named: readonly number[];
  /** The record that moved it last. */
  readonly sequence: number;
}

export interface ReplayedModel {
  readonly versions: ReadonlyMap<number, ReplayedVersion>;
  readonly aliases: ReadonlyMap<string, ReplayedAlias>;
}

export interface Replay {
  readonly models: ReadonlyMap<string, ReplayedModel>;
  /** Records that contradict themselves or those before them. */
  readonly contradictions: readonly { readonly sequence: number; readonly found: string }[];
}

interface Growing {
  readonly versions: Map<number, ReplayedVersion>;
  readonly aliases: Map<string, ReplayedAlias>;
}

/** Works out from the records alone, in their order, which models, versions and aliases there must be. */
export function replayLedger(records: readonly LedgerRecord[]): Replay {
  const models = new Map<string, Growing>();
  const contradictions: { sequence: number; found: string }[] = [];
  for (const record of records) {
    const model = models.get(record.model) ?? { versions: new Map(), aliases: new Map() };
    const found = [...previousOf(model, record), ...(record.kind === 'rollback' ? rolledBack(model, record) : decided(model, record))];
    contradictions.push(...found.map((text) => ({ sequence: record.sequence, found: text })));
    if (model.versions.size > 0) models.set(record.model, model);
  }
  return { models, contradictions };
}

function previousOf(model: Growing, { alias, model: name, previousVersion }: LedgerRecord): readonly string[] {
  const before = model.aliases.get(alias)?.named.at(-1) ?? null;
  if (before === previousVersion) return [];
  const word = (version: number | null): string => (version === null ? 'nothing' : `version ${version}`);
  return [`it says that ${name}@${alias} named ${word(previousVersion)} before; by the records before it, it named ${word(before)}`];
}

function decided(model: Growing, record: DecisionRecord): readonly string[] {
  const { kind, passed, version, verdicts, alias, model: name, sequence, address, policyHash } = record;
  if (kind !== 'promoted' && kind !== 'refused') return [`it is of a kind that this release does not know: ${String(kind)}`];
  const allPassed = verdicts.length > 0 && verdicts.every((gateResult) => gateResult.passed && gateResult.observed !== 'NaN');
  const found: string[] = [];
  if (passed !== allPassed)
    found.push(
      `it says that the trial ${passed ? 'passed' : 'did not pass'}, and its verdicts say that it ${allPassed ? 'passed' : 'did not'}`,
    );
  if ((kind === 'promoted') !== passed || (version !== null) !== passed)
    found.push(`it is called ${kind}, says passed: ${passed}, and names ${version === null ? 'no version' : `version ${version}`}`);
  if (version === null) return found;
  const known = model.versions.get(version);
  if (known === undefined && version !== model.versions.size + 1)
    found.push(`it makes ${name}@${version}, and the version before that is ${model.versions.size}`);
  if (known !== undefined && (known.trial !== address || known.policyHash !== policyHash))
    found.push(`it says that ${name}@${version} is ${address}; record ${known.sequence} made it of ${known.trial}`);
  if (known === undefined) model.versions.set(version, { trial: address, policyHash, sequence });
  moveTo(model, alias, sequence, (named) => (named.at(-1) === version ? named : [...named, version]));
  return found;
}

function rolledBack(model: Growing, { alias, model: name, sequence, version, address, policyHash }: RollbackRecord): readonly string[] {
  const target = model.aliases.get(alias)?.named.at(-2);
  const known = model.versions.get(version);
  moveTo(model, alias, sequence, (named) => (target === version ? named.slice(0, -1) : [...named, version]));
  if (target !== version || known === undefined)
    return [`it moves ${name}@${alias} back to version ${version}, and the version that the alias named before is ${target ?? 'none'}`];
  if (known.trial === address && known.policyHash === policyHash) return [];
  return [`it says that ${name}@${version} is ${address}; record ${known.sequence} made it of ${known.trial}`];
}

function moveTo(model: Growing, alias: string, sequence: number, next: (named: readonly number[]) => readonly number[]): void {
  model.aliases.set(alias, { named: next(model.aliases.get(alias)?.named ?? []), sequence });
}
