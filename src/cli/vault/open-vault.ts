import { isDeepStrictEqual } from 'node:util';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { loadDataset } from '../../market/store/read.ts';
import { sessionHashes } from '../../market/store/session-hashes.ts';
import type { VaultOpenedRecord, VaultResultRecord } from '../../registry/record.ts';
import { openSigner } from '../../registry/signing/signing-key.ts';
import { checkTrialGates } from '../../registry/trial-gates.ts';
import { readLook, recordOpening, recordResult } from '../../registry/vault/look.ts';
import type { Witnessed } from '../../registry/witness.ts';
import { otherData } from '../../runner/datasets/bound.ts';
import { runValidation, type ValidationOptions } from '../../runner/evaluate/run-validation.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { Db } from '../../storage/database.ts';
import { findTrial } from '../../storage/readers/find.ts';
import type { TrialEvidence } from '../../storage/validations/read-evidence.ts';
import { readStoredLook } from '../../storage/validations/read-vault.ts';
import { recordDataDays } from '../../storage/verbs/record-data-days.ts';
import { type GateResult, refuses } from '../../validation/gates/gate.ts';

export interface VaultRequest extends Pick<ValidationOptions, 'onProgress' | 'revive' | 'signal' | 'workers'> {
  readonly trial: TrialAddress;
  readonly reason: string;
  /** Name of who opens it; default: the database role and the operating system's user. */
  readonly as?: string | undefined;
}

/** `opened`: by this request, or finished by it after an interruption. `before`: opened earlier, with the first result. */
export type VaultOutcome =
  | {
      readonly kind: 'opened' | 'before';
      readonly opened: VaultOpenedRecord;
      readonly result: VaultResultRecord;
      /** Of the records of this request; empty without a witness. */
      readonly witnessed: readonly Witnessed[];
    }
  | { readonly kind: 'refused'; readonly failed: readonly GateResult[] };

/**
 * Opens the vault of a study to one trial, once: the saved policies of its last fold, which would be promoted, are walked over it. The look is
 * a record of the ledger before anything is walked, its result a second one. A look that was interrupted is finished by the next request,
 * which looks at nothing new.
 * @throws AssayError `usage` for an empty reason; `conflict` if the study keeps no vault, if its data set has other content now, if another study saw its days, or if the policies of
 * an opening are not those that would be promoted now; `trial_failed` if a walk fails
 */
export async function openVault(db: Db, dataDir: string, { trial: address, reason, as, ...options }: VaultRequest): Promise<VaultOutcome> {
  if (reason.trim() === '')
    throw new AssayError('usage', 'a look at the vault needs a reason', { place: '--reason', hint: 'it is kept for ever' });
  const name = trialAddress(address.study, address.number);
  const { study, trial } = await findTrial(db, address);
  const { vault } = study;
  if (vault === null)
    throw new AssayError('conflict', `the study ${study.name} keeps no vault`, {
      hint: 'sessions.vaultSessions says how many sessions at the end of the data are kept; search again under another name (--name)',
    });
  const known = await readLook(db, name, vault);
  if (known?.result != null) return { kind: 'before', opened: known.opened, result: known.result, witnessed: [] };

  const { gateResults: all, evidence, policies: asked } = await checkTrialGates(db, dataDir, address);
  const policies = promotedPolicies(evidence);
  if (known === null) {
    const failed = all.filter((result) => result.gate !== 'vault' && refuses(result));
    if (failed.length > 0) return { kind: 'refused', failed };
  }
  // Who looked at them is asked by their bars, in whatever content of data.
  const table = loadDataset(dataDir, vault.dataset);
  if (table.hash !== vault.hash) throw otherData(study.name, vault.dataset);
  await recordDataDays(db, table.hash, sessionHashes(table));
  const signer = openSigner(dataDir);
  const gateResults = all.filter(({ gate }) => gate !== 'vault');
  const opening = await recordOpening(db, { study: study.name, vault, evidence, policies, asked, gateResults, reason, as, signer });
  const opened = opening.record;
  if (!isDeepStrictEqual(opened.policies, policies))
    throw new AssayError(
      'conflict',
      `record ${opened.sequence} opened the vault to other policies than those of ${name} that would be promoted now`,
      {
        hint: `${differences(opened.policies, policies)}; a vault is opened once to a trial, so this validation cannot have a look at it`,
      },
    );

  const last = evidence.evidence.windows.at(-1)!;
  const fold = { ...last, fold: 0, testStart: vault.fromMs, testEnd: vault.untilMs };
  const summary = await runValidation({
    ...options,
    db,
    dataDir,
    study: study.name,
    trials: [trial.number],
    seeds: policies.length,
    vault: { fold, policies, opened: { record: opened.sequence, at: opened.at } },
  });
  const walks = (await readStoredLook(db, createArtifactStore(dataDir), trial.id))?.walks;
  if (walks == null)
    throw new AssayError(
      'trial_failed',
      `the vault is open to ${name}, but its evaluation did not end: ${summary.failed[0]?.error.message ?? 'stopped'}`,
      { hint: 'run it again: it goes on where it stopped, and counts as one look' },
    );
  const result = await recordResult(db, { opened, walks, as, signer });
  const witnessed = [opening, result].flatMap(({ witnessed: one }) => (one === null ? [] : [one]));
  return { kind: 'opened', opened, result: result.record, witnessed };
}

/** The policies of the last fold, in the order of the seeds: one of them is what a promotion takes. */
function promotedPolicies({ evidence, policies }: TrialEvidence): VaultOpenedRecord['policies'] {
  const last = evidence.windows.at(-1)?.fold;
  return evidence.seeds.flatMap(({ seed }) =>
    policies.filter((policy) => policy.seed === seed && policy.fold === last).map(({ hash }) => ({ seed, hash })),
  );
}

function differences(opened: VaultOpenedRecord['policies'], now: VaultOpenedRecord['policies']): string {
  const say = (hash: string | undefined): string => hash?.slice(0, 12) ?? 'none';
  const seeds = [...new Set([...opened, ...now].map(({ seed }) => seed))];
  const hashIn = (policies: VaultOpenedRecord['policies'], seed: number) => policies.find((policy) => policy.seed === seed)?.hash;
  return seeds
    .filter((seed) => hashIn(opened, seed) !== hashIn(now, seed))
    .map((seed) => `seed ${seed}: opened to ${say(hashIn(opened, seed))}, now ${say(hashIn(now, seed))}`)
    .join('; ');
}
