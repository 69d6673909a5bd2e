import { and, asc, eq, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { Vault } from '../../core/vault.ts';
import type { Db } from '../../storage/database.ts';
import { promotions } from '../../storage/schema/index.ts';
import type { TrialEvidence } from '../../storage/validations/read-evidence.ts';
import { othersAtVault, type VaultWalk } from '../../storage/validations/read-vault.ts';
import type { GateResult } from '../../validation/gates/gate.ts';
import { type AskedPolicy, ledgerGates } from '../asked-policies.ts';
import { parseRecord } from '../history.ts';
import { appendRecord, lockLedger } from '../ledger.ts';
import { currentCode, currentPrincipal } from '../provenance.ts';
import { type LedgerRecord, ledgerGateResult, ledgerNumbers, type VaultOpenedRecord, type VaultResultRecord } from '../record.ts';
import type { Signer } from '../signing/signing-key.ts';
import { tellWitness, type Witnessed, witnessOf } from '../witness.ts';

/** The look of a trial at a vault, as the ledger has it. */
export interface VaultLook {
  readonly opened: VaultOpenedRecord;
  /** Null: it was interrupted, and is opened all the same. */
  readonly result: VaultResultRecord | null;
}

/** A record that this call, or an earlier one, appended. */
export interface Recorded<Kind extends LedgerRecord> {
  readonly record: Kind;
  /** Null if no witness is configured, or the record was there. */
  readonly witnessed: Witnessed | null;
}

/** @returns null: the vault was never opened to this trial */
export async function readLook(db: Db, address: string, vault: Pick<Vault, 'hash'>): Promise<VaultLook | null> {
  const record = sql`${promotions.record}::jsonb`;
  const rows = await db
    .select({ record: promotions.record })
    .from(promotions)
    .where(and(sql`${record} ->> 'kind' in ('vault-opened', 'vault-result')`, eq(sql`${record} ->> 'address'`, address)))
    .orderBy(asc(promotions.sequence));
  const records = rows.map((row) => parseRecord(row.record));
  const opened = records.find(
    (one): one is VaultOpenedRecord => one.kind === 'vault-opened' && one.address === address && one.vault.hash === vault.hash,
  );
  if (opened === undefined) return null;
  const result = records.find((one): one is VaultResultRecord => one.kind === 'vault-result' && one.opened === opened.sequence);
  return { opened, result: result ?? null };
}

export interface Opening {
  /** Name of the study that keeps the vault. */
  readonly study: string;
  readonly vault: Vault;
  readonly evidence: TrialEvidence;
  /** What would be promoted. */
  readonly policies: VaultOpenedRecord['policies'];
  /** The gate policies that were asked, and the results of all gates but `vault`. */
  readonly asked: readonly AskedPolicy[];
  readonly gateResults: readonly GateResult[];
  readonly reason: string;
  readonly as?: string | undefined;
  readonly signer: Signer;
}

/**
 * Appends the record of a look before it is made; of two at once the first stands. Who else looked is asked under the ledger's lock, so of two
 * studies that open the same days at once the second finds the first. The witness is written after the commit.
 * @throws AssayError `conflict` if another study saw these days, and the trial's own look is not recorded yet
 */
export async function recordOpening(
  db: Db,
  { study, vault, evidence, policies, asked, gateResults, reason, as, signer }: Opening,
): Promise<Recorded<VaultOpenedRecord>> {
  const { address, definitionHash } = evidence;
  const code = await currentCode();
  return recorded(db, async (tx) => {
    const known = await readLook(tx, address, vault);
    if (known !== null) return { record: known.opened, hash: null };
    const others = await othersAtVault(tx, study, vault);
    if (others.length > 0)
      throw new AssayError('conflict', `these days are no vault: ${others.join(', ')} looked at them before`, {
        hint: 'days that were seen prove nothing: extend the data, and keep the new sessions',
      });
    const by = await currentPrincipal(tx, as);
    const { record, sealed } = await appendRecord(
      tx,
      signer,
      (placed): VaultOpenedRecord => ({
        ...placed,
        kind: 'vault-opened',
        by,
        reason,
        address,
        code,
        vault: {
          dataset: vault.dataset,
          hash: vault.hash,
          sessions: vault.sessions,
          from: new Date(vault.fromMs).toISOString(),
          until: new Date(vault.untilMs).toISOString(),
        },
        definitionHash,
        policies,
        gates: ledgerGates(asked),
        verdicts: gateResults.map(ledgerGateResult),
        artifactHashes: [...new Set(policies.map(({ hash }) => hash))].sort(),
      }),
    );
    return { record, hash: sealed.hash };
  });
}

/** Appends what a look showed, once: a second call finds the first record. */
export async function recordResult(
  db: Db,
  {
    opened,
    walks,
    as,
    signer,
  }: Pick<Opening, 'as' | 'signer'> & { readonly opened: VaultOpenedRecord; readonly walks: readonly VaultWalk[] },
): Promise<Recorded<VaultResultRecord>> {
  const code = await currentCode();
  return recorded(db, async (tx) => {
    const known = await readLook(tx, opened.address, opened.vault);
    if (known?.result != null) return { record: known.result, hash: null };
    const by = await currentPrincipal(tx, as);
    const { record, sealed } = await appendRecord(
      tx,
      signer,
      (placed): VaultResultRecord => ({
        ...placed,
        kind: 'vault-result',
        by,
        reason: null,
        address: opened.address,
        code,
        opened: opened.sequence,
        results: walks.map(({ seed, policyHash, stepReturnsHash, evaluation: { dailyReturns, metrics } }) => ({
          seed,
          policyHash,
          stepReturnsHash,
          days: dailyReturns.length,
          metrics: ledgerNumbers(metrics),
        })),
        artifactHashes: [...new Set(walks.flatMap(({ policyHash, stepReturnsHash }) => [policyHash, stepReturnsHash]))].sort(),
      }),
    );
    return { record, hash: sealed.hash };
  });
}

async function recorded<Kind extends LedgerRecord>(
  db: Db,
  append: (tx: Db) => Promise<{ readonly record: Kind; readonly hash: string | null }>,
): Promise<Recorded<Kind>> {
  const witness = witnessOf();
  const { record, hash } = await db.transaction(async (tx) => {
    await lockLedger(tx);
    return append(tx);
  });
  const { sequence, at } = record;
  return { record, witnessed: witness === null || hash === null ? null : await tellWitness(witness, { sequence, hash, at }) };
}
