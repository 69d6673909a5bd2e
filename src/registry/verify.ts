import { asc, eq } from 'drizzle-orm';
import { trialAddress } from '../core/address.ts';
import { counted } from '../core/counted.ts';
import { AssayError } from '../core/errors.ts';
import type { ArtifactStore } from '../storage/artifacts/store.ts';
import type { Db } from '../storage/database.ts';
import { aliases, models, modelVersions, promotions, studies, trials } from '../storage/schema/index.ts';
import { type Anchor, checkAnchor } from './anchor.ts';
import { checkBundles } from './bundle/check-bundles.ts';
import { type ChainRow, checkChain, parseRecord } from './history.ts';
import { type Replay, replayLedger } from './replay.ts';
import { checkSignatures, type SignedRow } from './signing/check-signatures.ts';
import type { KeyId } from './signing/key-id.ts';
import { checkLooks, readVaultTables, type VaultTables } from './vault/check-looks.ts';
import type { Witness } from './witness.ts';
import { parseWitness } from './witness-line.ts';

/** One difference from the ledger or from a copy kept outside of it. `warn`: it may be harmless. */
export interface LedgerFinding {
  readonly check: 'chain' | 'record' | 'tables' | 'policy' | 'witness' | 'head' | 'anchor' | 'signature' | 'bundle' | 'verdict';
  readonly state: 'fail' | 'warn';
  /** Where it was found: `record 5`, `pairs@champion`, or a line of the witness. */
  readonly place: string;
  readonly found: string;
}

export interface LedgerReport {
  /** True if no finding is a failure. */
  readonly intact: boolean;
  readonly records: number;
  /** Hash of the newest record, to be kept elsewhere (null for an empty ledger). */
  readonly head: string | null;
  /** Number of records after the head or anchor that was given (null if none was given or it is not in the ledger). */
  readonly recordsAfter: number | null;
  /** Number of policies whose bytes were checked. */
  readonly policies: number;
  /** Number of evidence bundles whose bytes were checked, and of their verdicts that were computed again and are the same (null: not asked for). */
  readonly bundles: number;
  readonly recomputed: number | null;
  /** Number of verdicts that only another release can compute again: their rules have another version here. */
  readonly foreign: number;
  readonly witness: string | null;
  /** Number of records without a signature: those of before the ledger was signed. */
  readonly unsigned: number;
  /** Every key in use with the number of its records, oldest first. */
  readonly keys: readonly { readonly key: string; readonly records: number }[];
  readonly findings: readonly LedgerFinding[];
}

export interface VerifyOptions {
  /** Checks the tables and policies of this model only; the chain is one for all models. */
  readonly model?: string | undefined;
  /** Store of policies and evidence bundles, whose hashes are checked (absent: no bytes are read). */
  readonly store?: ArtifactStore | undefined;
  /** Computes every verdict again from the bundles in the store. */
  readonly recompute?: boolean | undefined;
  readonly witness?: Witness | null | undefined;
  /** A hash kept elsewhere, or at least its first 12 digits. */
  readonly head?: string | undefined;
  readonly anchor?: Anchor | undefined;
  /** The keys that records may be signed with (absent: any). */
  readonly publicKeys?: readonly KeyId[] | undefined;
}

/**
 * Checks the ledger's chain, records and signatures, the tables that must follow from them, the bytes of policies and evidence bundles, and what was kept outside
 * of the database.
 * @throws AssayError `usage` for a head that is not a hash; `not_found` for a model that is neither in the ledger nor in the tables;
 * `unavailable` if the store or the witness cannot be read.
 */
export async function verifyModels(
  db: Db,
  { model, store, recompute = false, witness = null, head, anchor, publicKeys }: VerifyOptions = {},
): Promise<LedgerReport> {
  if (head !== undefined && !/^[0-9a-f]{12,64}$/.test(head))
    throw new AssayError('usage', `${JSON.stringify(head)} is not the hash of a record`, {
      hint: 'promote prints it: 64 hexadecimal digits; the first 12 are enough',
    });
  // The witness is read first: its records were committed before, so the ledger read after it must contain them.
  const seen = witness === null ? null : await witness.read();
  const { rows, tables, vaults } = await readAll(db);
  const { findings: ofRecords, replay } = checkRecords(rows);
  const inScope = (name: string | null): boolean => model === undefined || name === model;
  const known = rows.some((row) => row.model === model) || tables.some((table) => table.name === model);
  if (model !== undefined && !known)
    throw new AssayError('not_found', `the model ${model} is neither in the ledger nor in the tables`, {
      hint: 'assay model ls shows all',
    });
  const versions = tables.filter(({ name }) => inScope(name)).flatMap(({ name, versions: own }) => own.map((own) => ({ name, ...own })));
  const records = rows.filter((row) => inScope(row.model)).map((row) => parseRecord(row.record));
  const ofBundles =
    store === undefined ? { bundles: 0, recomputed: null, foreign: 0, findings: [] } : await checkBundles(store, records, recompute);
  const signatures = checkSignatures(rows, publicKeys);
  const findings = [
    ...ofRecords,
    ...signatures.findings,
    ...checkTables(replay, tables)
      .filter(({ model: name }) => inScope(name))
      .map(({ finding }) => finding),
    ...(model === undefined
      ? checkLooks(
          rows.map(({ record }) => parseRecord(record)),
          vaults,
        )
      : []),
    ...(store === undefined ? [] : await checkPolicies(store, versions)),
    ...ofBundles.findings,
    ...(witness === null ? [] : checkWitness(rows, witness.place, seen)),
    ...(head === undefined || placeOf(rows, head) !== undefined ? [] : [lostHead(head)]),
    ...(anchor === undefined ? [] : checkAnchor(rows, anchor)),
  ];
  const kept = head ?? (anchor?.records === 0 ? undefined : anchor?.hash);
  const at = kept === undefined ? undefined : placeOf(rows, kept);
  return {
    intact: findings.every(({ state }) => state === 'warn'),
    records: rows.length,
    head: rows.at(-1)?.hash ?? null,
    recordsAfter: at === undefined ? null : rows.length - 1 - at,
    policies: store === undefined ? 0 : versions.length,
    bundles: ofBundles.bundles,
    recomputed: ofBundles.recomputed,
    foreign: ofBundles.foreign,
    witness: witness?.place ?? null,
    unsigned: signatures.unsigned,
    keys: signatures.keys,
    findings,
  };
}

interface LedgerRow extends ChainRow, SignedRow {
  readonly model: string | null;
}

interface ModelTables {
  readonly name: string;
  readonly versions: readonly { readonly version: number; readonly trial: string; readonly policyHash: string }[];
  readonly aliases: readonly { readonly alias: string; readonly version: number }[];
}

/** The ledger and the tables in one snapshot. */
async function readAll(
  db: Db,
): Promise<{ readonly rows: readonly LedgerRow[]; readonly tables: readonly ModelTables[]; readonly vaults: VaultTables }> {
  return db.transaction(
    async (tx) => {
      const rows = await tx
        .select({
          sequence: promotions.sequence,
          record: promotions.record,
          hash: promotions.hash,
          previousHash: promotions.previousHash,
          model: promotions.model,
          signer: promotions.signer,
          signature: promotions.signature,
        })
        .from(promotions)
        .orderBy(asc(promotions.sequence));
      const named = await tx.select().from(models).orderBy(asc(models.name));
      const versions = await tx
        .select({ version: modelVersions, study: studies.name, number: trials.number })
        .from(modelVersions)
        .innerJoin(trials, eq(trials.id, modelVersions.trialId))
        .innerJoin(studies, eq(studies.id, trials.studyId))
        .orderBy(asc(modelVersions.version));
      const moved = await tx.select().from(aliases).orderBy(asc(aliases.alias));
      const tables = named.map(({ id, name }) => ({
        name,
        versions: versions
          .filter(({ version }) => version.modelId === id)
          .map(({ version: { version, policyHash }, study, number }) => ({ version, trial: trialAddress(study, number), policyHash })),
        aliases: moved.filter(({ modelId }) => modelId === id),
      }));
      return { rows, tables, vaults: await readVaultTables(tx) };
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

function checkRecords(rows: readonly LedgerRow[]): { readonly findings: readonly LedgerFinding[]; readonly replay: Replay } {
  const chain = checkChain(rows);
  const broken: readonly LedgerFinding[] = chain.intact
    ? []
    : [{ check: 'chain', state: 'fail', place: `record ${chain.sequence}`, found: chain.because }];
  const replay = replayLedger(rows.map(({ record }) => parseRecord(record)));
  const contradictions = replay.contradictions.map(
    ({ sequence, found }): LedgerFinding => ({ check: 'record', state: 'fail', place: `record ${sequence}`, found }),
  );
  return { findings: [...broken, ...contradictions], replay };
}

interface ModelFinding {
  readonly model: string;
  readonly finding: LedgerFinding;
}

/** Compares models, versions and aliases with those that follow from the ledger. */
function checkTables(replay: Replay, tables: readonly ModelTables[]): readonly ModelFinding[] {
  const names = [...new Set([...replay.models.keys(), ...tables.map(({ name }) => name)])].sort();
  return names.flatMap((model) => {
    const recorded = replay.models.get(model);
    const stored = tables.find(({ name }) => name === model);
    const fail = (place: string, found: string): ModelFinding => ({ model, finding: { check: 'tables', state: 'fail', place, found } });
    if (stored === undefined) return [fail(model, 'the ledger promoted versions of it, and the table of models lacks it')];
    const findings: ModelFinding[] = [];
    if (recorded === undefined) findings.push(fail(model, 'the table of models has it, and no record of the ledger promoted to it'));
    for (const { version, trial, policyHash } of stored.versions) {
      const said = recorded?.versions.get(version);
      if (said === undefined)
        findings.push(fail(`${model}@${version}`, `the table has it, of ${trial}, and no record of the ledger promoted it`));
      else if (said.trial !== trial || said.policyHash !== policyHash)
        findings.push(
          fail(
            `${model}@${version}`,
            `record ${said.sequence} promoted ${said.trial} with the policy ${said.policyHash}; the table has ${trial} with ${policyHash}`,
          ),
        );
    }
    for (const [version, { trial, sequence }] of recorded?.versions ?? [])
      if (!stored.versions.some((other) => other.version === version))
        findings.push(fail(`${model}@${version}`, `record ${sequence} promoted ${trial} to it, and the table of versions lacks it`));
    for (const { alias, version } of stored.aliases) {
      const said = recorded?.aliases.get(alias);
      const place = `${model}@${alias}`;
      if (said === undefined) findings.push(fail(place, `it names version ${version}, and no record of the ledger moved it there`));
      else if (said.named.at(-1) !== version)
        findings.push(
          fail(place, `it names version ${version}, and record ${said.sequence}, the last about it, names ${said.named.at(-1)}`),
        );
    }
    for (const [alias, { named, sequence }] of recorded?.aliases ?? [])
      if (!stored.aliases.some((other) => other.alias === alias))
        findings.push(
          fail(`${model}@${alias}`, `record ${sequence} moved it to version ${named.at(-1)}, and the table of aliases lacks it`),
        );
    return findings;
  });
}

/** Compares the bytes of every version with the promoted hash. @throws AssayError if the store does not answer. */
async function checkPolicies(
  store: ArtifactStore,
  versions: readonly { readonly name: string; readonly version: number; readonly policyHash: string }[],
): Promise<readonly LedgerFinding[]> {
  const findings: LedgerFinding[] = [];
  for (const { name, version, policyHash } of versions) {
    try {
      await store.get(policyHash);
    } catch (error) {
      if (!(error instanceof AssayError) || (error.code !== 'not_found' && error.code !== 'data_invalid')) throw error;
      findings.push({ check: 'policy', state: 'fail', place: `${name}@${version}`, found: error.message });
    }
  }
  return findings;
}

/**
 * Compares the ledger with the witness: every record of the witness must be in the ledger with its hash. Records after the newest of the
 * witness are a warning: it could not be written, or was not configured then. Gaps between its records are covered by the chain.
 */
function checkWitness(rows: readonly LedgerRow[], place: string, text: string | null): readonly LedgerFinding[] {
  const { seen, unreadable } = parseWitness(text ?? '');
  const findings = unreadable.map(
    (line): LedgerFinding => ({
      check: 'witness',
      state: 'fail',
      place: `${place}, line ${line}`,
      found: 'it is not of the form `sequence hash time`',
    }),
  );
  for (const { line, sequence, hash, at } of seen) {
    const row = rows.find((other) => other.sequence === sequence);
    if (row?.hash === hash) continue;
    const found =
      row === undefined
        ? `the ledger lacks record ${sequence}, which the witness saw at ${at} with the hash ${hash}`
        : `record ${sequence} has the hash ${row.hash}; the witness saw it at ${at} with ${hash}`;
    findings.push({ check: 'witness', state: 'fail', place: `${place}, line ${line}`, found });
  }
  const newest = Math.max(0, ...seen.map(({ sequence }) => sequence));
  const unseen = rows.filter(({ sequence }) => sequence > newest).length;
  if (unseen > 0) {
    const since = newest === 0 ? 'it has seen no record yet' : `the newest record that it saw is ${newest}`;
    findings.push({
      check: 'witness',
      state: 'warn',
      place,
      found: `the ledger is ahead of the witness by ${counted(unseen, 'record')}: ${since}`,
    });
  }
  return findings;
}

function placeOf(rows: readonly LedgerRow[], head: string): number | undefined {
  const at = rows.findIndex(({ hash }) => hash.startsWith(head));
  return at === -1 ? undefined : at;
}

function lostHead(head: string): LedgerFinding {
  return { check: 'head', state: 'fail', place: head, found: 'no record has this hash: the ledger was cut or rewritten' };
}
