import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { checkTrialGates } from '../../registry/trial-gates.ts';
import { runValidation, type ValidationOptions } from '../../runner/evaluate/run-validation.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { Db } from '../../storage/database.ts';
import { findTrial } from '../../storage/readers/find.ts';
import { type OpenedVault, othersAtVault, readOpenedVault } from '../../storage/validations/read-vault.ts';
import { type GateResult, refuses } from '../../validation/gates/gate.ts';

export interface VaultRequest extends Pick<ValidationOptions, 'onProgress' | 'revive' | 'signal' | 'workers'> {
  readonly trial: TrialAddress;
  readonly reason: string;
  readonly by: string;
}

/** `opened`: by this request, or finished by it after an interruption. `before`: opened earlier, with the first result. */
export type VaultOutcome =
  | { readonly kind: 'opened' | 'before'; readonly vault: OpenedVault }
  | { readonly kind: 'refused'; readonly failed: readonly GateResult[] };

/**
 * Opens the vault of a study to one trial, once: its policies are trained as for the last fold, with the seeds of the evidence, and evaluated
 * on the vault. Written down as a look, with the reason, before anything is evaluated; a look that was interrupted is finished by the next
 * request, which looks at nothing new.
 * @throws AssayError `conflict` if the study keeps no vault, or if another study saw its days
 */
export async function openVault(db: Db, dataDir: string, { trial: address, reason, by, ...options }: VaultRequest): Promise<VaultOutcome> {
  const name = trialAddress(address.study, address.number);
  const { study, trial } = await findTrial(db, address);
  const store = createArtifactStore(dataDir);
  const known = await readOpenedVault(db, store, trial.id);
  if (known?.evidence != null) return { kind: 'before', vault: known };
  const { vault } = study;
  if (vault === null)
    throw new AssayError('conflict', `the study ${study.name} keeps no vault`, {
      hint: 'sessions.vaultSessions says how many sessions at the end of the data are kept; search again under another name (--name)',
    });
  const { gateResults, evidence } = await checkTrialGates(db, dataDir, address);
  if (known === null) {
    const failed = gateResults.filter((result) => result.gate !== 'vault' && refuses(result));
    if (failed.length > 0) return { kind: 'refused', failed };
    const others = await othersAtVault(db, study.name, vault);
    if (others.length > 0)
      throw new AssayError('conflict', `these days are no vault: ${others.join(', ')} looked at them before`, {
        hint: 'days that were seen prove nothing: extend the data, and keep the new sessions',
      });
  }
  const last = evidence.evidence.windows.at(-1)!;
  const fold = { ...last, fold: 0, testStart: vault.fromMs, testEnd: vault.untilMs };
  const opened = known?.opened ?? { at: new Date().toISOString(), by, reason };
  const seeds = known?.seeds ?? evidence.evidence.seeds.map(({ seed }) => seed);
  const summary = await runValidation({
    ...options,
    db,
    dataDir,
    study: study.name,
    trials: [trial.number],
    seeds: seeds.length,
    vault: { fold, seeds, opened },
  });
  const result = await readOpenedVault(db, store, trial.id);
  const failure = summary.failed[0];
  if (result?.evidence == null)
    throw new AssayError(
      'trial_failed',
      `the vault is open to ${name}, but its evaluation did not end: ${failure?.error.message ?? 'stopped'}`,
      {
        hint: 'run it again: it goes on where it stopped, and counts as one look',
      },
    );
  return { kind: 'opened', vault: result };
}
