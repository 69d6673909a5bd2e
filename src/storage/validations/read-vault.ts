import { and, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Vault } from '../../core/vault.ts';
import type { FoldEvaluation } from '../../search/study/walk-forward.ts';
import type { VaultEvidence } from '../../validation/gates/vault-evidence.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { evaluations, promotions, validations, validationTrials } from '../schema/index.ts';
import { sameDays } from './data-days.ts';
import { evaluationFromRow } from './evaluation-row.ts';
import { policySubject, type ValidationDefinition, vaultScheme } from './save-validation.ts';

/** The ledger's record of the look, which the validation that makes it is defined by. */
export type VaultOpening = { readonly record: number; readonly at: string };

/** The policy of one seed, walked over the vault. */
export interface VaultWalk {
  readonly seed: number;
  readonly policyHash: string;
  /** SHA-256 of its net returns by step. */
  readonly stepReturnsHash: string;
  readonly evaluation: FoldEvaluation;
}

/** What a look at the vault stored. */
export interface StoredLook {
  readonly opened: VaultOpening;
  /** In the order of the seeds (null: not all are walked yet). */
  readonly walks: readonly VaultWalk[] | null;
}

/** @returns null: nothing of the vault was looked at for this trial */
export async function readStoredLook(db: Db, store: ArtifactStore, trialId: number): Promise<StoredLook | null> {
  const [look] = await db
    .select({ id: validations.id, definition: validations.definition, seeds: validationTrials.seeds })
    .from(validations)
    .innerJoin(validationTrials, and(eq(validationTrials.validationId, validations.id), eq(validationTrials.trialId, trialId)))
    .where(eq(validations.scheme, vaultScheme))
    .orderBy(desc(validations.id))
    .limit(1);
  if (look === undefined) return null;
  const { opened } = look.definition as ValidationDefinition & { readonly opened: VaultOpening };
  const rows = await db
    .select()
    .from(evaluations)
    .where(and(eq(evaluations.validationId, look.id), eq(evaluations.trialId, trialId), eq(evaluations.subject, policySubject)));
  const walks = await Promise.all(
    look.seeds.map(async (seed): Promise<VaultWalk | null> => {
      const row = rows.find((one) => one.seed === seed);
      if (row?.policyHash == null) return null;
      const { policyHash, stepReturnsHash } = row;
      return { seed, policyHash, stepReturnsHash, evaluation: await evaluationFromRow(store, row) };
    }),
  );
  return { opened, walks: walks.every((walk) => walk !== null) ? walks : null };
}

/**
 * What the gate `vault` looks at (null: no look has ended with a result in the ledger). A seed counts if the policy that was walked is the one
 * that would be promoted, that of the last fold, and its returns are those of the ledger.
 */
export async function readVaultEvidence(
  db: Db,
  store: ArtifactStore,
  trialId: number,
  policies: readonly { readonly seed: number; readonly hash: string }[],
): Promise<VaultEvidence | null> {
  const look = await readStoredLook(db, store, trialId);
  if (look === null || look.walks === null) return null;
  const recorded = await readRecordedWalks(db, look.opened.record);
  if (recorded === null) return null;
  const promoted = look.walks.filter(
    ({ seed, policyHash, stepReturnsHash }) =>
      policies.some((policy) => policy.seed === seed && policy.hash === policyHash) &&
      recorded.some((one) => one.seed === seed && one.policyHash === policyHash && one.stepReturnsHash === stepReturnsHash),
  );
  return { openedAt: look.opened.at, seeds: promoted.map(({ seed, evaluation }) => ({ seed, evaluation })) };
}

/** The results of a look as the ledger has them (null: it has none yet). @param opened sequence of the record of the look */
async function readRecordedWalks(
  db: Db,
  opened: number,
): Promise<readonly Pick<VaultWalk, 'seed' | 'policyHash' | 'stepReturnsHash'>[] | null> {
  const record = sql`${promotions.record}::jsonb`;
  const [row] = await db
    .select({ results: sql<readonly Pick<VaultWalk, 'seed' | 'policyHash' | 'stepReturnsHash'>[]>`${record} -> 'results'` })
    .from(promotions)
    .where(sql`${record} ->> 'kind' = 'vault-result' and ${record} ->> 'opened' = ${String(opened)}`)
    .orderBy(promotions.sequence)
    .limit(1);
  return row?.results ?? null;
}

/**
 * Names of the studies that saw the vault's days before: by a validation or an ablation, by opening them in another study, also where the
 * ledger alone has it as yet, or by a search whose window reaches into them, or that kept a result and did not say how far it looked. Another
 * content of data with the same bars on one of these days counts as this one.
 */
export async function othersAtVault(db: Db, study: string, vault: Vault): Promise<readonly string[]> {
  const [from, until] = [new Date(vault.fromMs).toISOString(), new Date(vault.untilMs).toISOString()];
  const isSame = (hash: SQL) => sql`(${hash} = ${vault.hash} or ${hash} in (select data_hash from same_days))`;
  const { rows } = await db.execute<{ name: string }>(sql`
    with same_days as materialized (select data_hash from (${sameDays([vault.hash])}) as same
      where starts_at >= ${from}::timestamptz and starts_at < ${until}::timestamptz)
    select study as name from looks
      where ${isSame(sql`data_hash`)} and test_start < ${until}::timestamptz and test_end > ${from}::timestamptz
        and (kind <> 'vault' or study <> ${study})
    union select split_part(record ->> 'address', '#', 1) from (select record::jsonb as record from promotions) as ledger
      where record ->> 'kind' = 'vault-opened' and ${isSame(sql`record -> 'vault' ->> 'hash'`)}
        and (record -> 'vault' ->> 'from')::timestamptz < ${until}::timestamptz and (record -> 'vault' ->> 'until')::timestamptz > ${from}::timestamptz
        and split_part(record ->> 'address', '#', 1) <> ${study}
    union select studies.name from attempt_data join trials on trials.id = trial_id join studies on studies.id = study_id
      where ${isSame(sql`hash`)} and seen_until(trial_id, attempt_data.attempt, searched_until, withheld_from) > ${from}::timestamptz
    union select removed_studies.name from removed_study_data join removed_studies on removed_studies.id = removed_id
      where ${isSame(sql`hash`)} and searched_until > ${from}::timestamptz
    order by name`);
  return rows.map(({ name }) => name);
}
