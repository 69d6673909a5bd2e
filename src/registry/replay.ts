import { z } from 'zod';
import { passesAll } from '../validation/gates/index.ts';
import { isSamePrincipal } from './provenance.ts';
import { type DecisionRecord, isVaultRecord, type LedgerRecord, type RollbackRecord } from './record.ts';
import { replayableVault, vaultReplay } from './vault/replay-vault.ts';

/** A version as the ledger describes it. */
export interface ReplayedVersion {
  readonly trial: string;
  readonly policyHash: string;
  /** Sequence of the record that made it. */
  readonly sequence: number;
}

/** An alias as the ledger describes it. */
export interface ReplayedAlias {
  /** The versions that a rollback can return to, oldest first; the current version is the last. */
  readonly named: readonly number[];
  /** Sequence of the record that moved it last. */
  readonly sequence: number;
}

export interface ReplayedModel {
  readonly versions: ReadonlyMap<number, ReplayedVersion>;
  readonly aliases: ReadonlyMap<string, ReplayedAlias>;
}

export interface Replay {
  readonly models: ReadonlyMap<string, ReplayedModel>;
  /** Records that contradict themselves or earlier records. */
  readonly contradictions: readonly { readonly sequence: number; readonly found: string }[];
}

const members = {
  sequence: z.int(),
  model: z.string(),
  alias: z.string(),
  address: z.string(),
  policyHash: z.string(),
  passed: z.boolean(),
};
const versionNumber = z.int().min(1);

/** The members that a replay reads: the text of a record is only known to be JSON with the right hash. */
const replayable = z.union([
  ...replayableVault,
  z.object({ ...members, kind: z.literal('rollback'), version: versionNumber, previousVersion: versionNumber }),
  z.object({
    ...members,
    kind: z.string().refine((kind) => !kind.startsWith('vault-')),
    version: versionNumber.nullable(),
    previousVersion: versionNumber.nullable(),
    verdicts: z.array(z.object({ passed: z.boolean(), observed: z.union([z.number(), z.string()]), severity: z.string().optional() })),
  }),
]);

interface Growing {
  readonly versions: Map<number, ReplayedVersion>;
  readonly aliases: Map<string, ReplayedAlias>;
  /** The newest decision by alias and trial. */
  readonly decisions: Map<string, DecisionRecord>;
}

/** Derives models, versions and aliases from the records alone, in their order. */
export function replayLedger(records: readonly LedgerRecord[]): Replay {
  const models = new Map<string, Growing>();
  const contradictions: { sequence: number; found: string }[] = [];
  const vaults = vaultReplay();
  for (const [i, record] of records.entries()) {
    if (!replayable.safeParse(record).success) {
      contradictions.push({ sequence: i + 1, found: 'it lacks what every record has, or has it in another form' });
      continue;
    }
    if (isVaultRecord(record)) {
      contradictions.push(...vaults.follow(record).map((found) => ({ sequence: record.sequence, found })));
      continue;
    }
    const model = models.get(record.model) ?? { versions: new Map(), aliases: new Map(), decisions: new Map() };
    const found = [...previousOf(model, record), ...(record.kind === 'rollback' ? rolledBack(model, record) : decided(model, record))];
    contradictions.push(...found.map((text) => ({ sequence: record.sequence, found: text })));
    models.set(record.model, model);
  }
  // A model that was only ever refused has no row in the tables.
  return { models: new Map([...models].filter(([, { versions }]) => versions.size > 0)), contradictions };
}

function previousOf(model: Growing, { alias, model: name, previousVersion }: DecisionRecord | RollbackRecord): readonly string[] {
  const before = model.aliases.get(alias)?.named.at(-1) ?? null;
  if (before === previousVersion) return [];
  const word = (version: number | null): string => (version === null ? 'nothing' : `version ${version}`);
  return [`it states that ${name}@${alias} named ${word(previousVersion)} before; by the earlier records it named ${word(before)}`];
}

function decided(model: Growing, record: DecisionRecord): readonly string[] {
  const { kind, passed, version, verdicts, alias, model: name, sequence, address, policyHash } = record;
  if (kind !== 'promoted' && kind !== 'refused' && kind !== 'override') return [`its kind is unknown to this release: ${String(kind)}`];
  const allPassed = passesAll(
    verdicts.map(({ passed: one, observed, severity }) => ({ passed: one, observed: Number(observed), ...(severity && { severity }) })),
  );
  const found: string[] = [];
  if (passed !== allPassed)
    found.push(
      `it states that the trial ${passed ? 'passed' : 'did not pass'}, but by its gate results it ${allPassed ? 'passed' : 'did not'}`,
    );
  if ((kind === 'promoted') !== passed || (version !== null) !== (kind !== 'refused'))
    found.push(`its kind is ${kind}, its passed is ${passed}, and it names ${version === null ? 'no version' : `version ${version}`}`);
  if (kind === 'override') found.push(...overridden(model, record));
  model.decisions.set(`${alias} ${address}`, record);
  if (version === null) return found;
  const known = model.versions.get(version);
  if (known === undefined && version !== model.versions.size + 1)
    found.push(`it makes ${name}@${version}, but the newest version before it is ${model.versions.size}`);
  if (known !== undefined && (known.trial !== address || known.policyHash !== policyHash))
    found.push(`it states that ${name}@${version} is ${address}, but record ${known.sequence} made it from ${known.trial}`);
  if (known === undefined) model.versions.set(version, { trial: address, policyHash, sequence });
  moveTo(model, alias, sequence, (named) => (named.at(-1) === version ? named : [...named, version]));
  return found;
}

/** An override sets aside the newest decision on the same trial and alias, a refusal, of another principal. */
function overridden(model: Growing, { alias, address, policyHash, reason, by, override }: DecisionRecord): readonly string[] {
  const refusal = model.decisions.get(`${alias} ${address}`);
  if (refusal?.kind !== 'refused' || refusal.sequence !== override?.refusal || refusal.policyHash !== policyHash)
    return ['it overrides a refusal, and the newest decision on this trial and alias before it is none'];
  if (isSamePrincipal(refusal.by, by)) return [`it overrides record ${refusal.sequence} by the principal who had asked`];
  return reason === null || reason.trim() === '' ? ['it overrides a refusal without a reason'] : [];
}

function rolledBack(model: Growing, { alias, model: name, sequence, version, address, policyHash }: RollbackRecord): readonly string[] {
  const target = model.aliases.get(alias)?.named.at(-2);
  const known = model.versions.get(version);
  moveTo(model, alias, sequence, (named) => (target === version ? named.slice(0, -1) : [...named, version]));
  if (target !== version || known === undefined)
    return [`it moves ${name}@${alias} back to version ${version}, but the version that the alias named before is ${target ?? 'none'}`];
  if (known.trial === address && known.policyHash === policyHash) return [];
  return [`it states that ${name}@${version} is ${address}, but record ${known.sequence} made it from ${known.trial}`];
}

function moveTo(model: Growing, alias: string, sequence: number, next: (named: readonly number[]) => readonly number[]): void {
  model.aliases.set(alias, { named: next(model.aliases.get(alias)?.named ?? []), sequence });
}
