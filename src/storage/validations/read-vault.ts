import { and, asc, desc, eq, sql } from 'drizzle-orm';
import type { Vault } from '../../core/vault.ts';
import type { VaultEvidence } from '../../validation/gates/vault-evidence.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { evaluations, validations, validationTrials } from '../schema/index.ts';
import { evaluationFromRow } from './evaluation-row.ts';
import { policySubject, type ValidationDefinition, vaultScheme } from './save-validation.ts';

/** Who opened the vault to a trial, when and why. */
export interface VaultOpening {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** The look at the vault that a trial had. Without all its results it was interrupted, and is opened all the same. */
export interface OpenedVault {
  readonly opened: VaultOpening;
  readonly seeds: readonly number[];
  /** Null: not all seeds are evaluated yet. */
  readonly evidence: VaultEvidence | null;
}

/** @returns null: the vault was never opened to this trial */
export async function readOpenedVault(db: Db, store: ArtifactStore, trialId: number): Promise<OpenedVault | null> {
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
    .where(and(eq(evaluations.validationId, look.id), eq(evaluations.trialId, trialId), eq(evaluations.subject, policySubject)))
    .orderBy(asc(evaluations.seed));
  if (rows.length < look.seeds.length) return { opened, seeds: look.seeds, evidence: null };
  const seeds = await Promise.all(
    rows.map(async (row) => ({ seed: row.seed ?? Number.NaN, evaluation: await evaluationFromRow(store, row) })),
  );
  return { opened, seeds: look.seeds, evidence: { openedAt: opened.at, seeds } };
}

/**
 * Names of the studies that saw the vault's days before: by a validation or an ablation, by opening them in another study, or by a search
 * whose window reaches into them.
 */
export async function othersAtVault(db: Db, study: string, vault: Vault): Promise<readonly string[]> {
  const [from, until] = [new Date(vault.fromMs).toISOString(), new Date(vault.untilMs).toISOString()];
  const { rows } = await db.execute<{ name: string }>(sql`
    select study as name from looks
      where data_hash = ${vault.hash} and test_start < ${until}::timestamptz and test_end > ${from}::timestamptz
        and (kind <> 'vault' or study <> ${study})
    union select studies.name from attempt_data join trials on trials.id = trial_id join studies on studies.id = study_id
      where hash = ${vault.hash} and searched_until > ${from}::timestamptz
    union select removed_studies.name from removed_study_data join removed_studies on removed_studies.id = removed_id
      where hash = ${vault.hash} and searched_until > ${from}::timestamptz
    order by name`);
  return rows.map(({ name }) => name);
}
