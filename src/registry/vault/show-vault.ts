import { parseTrialAddress, type TrialAddress, trialAddress } from '../../core/address.ts';
import type { Db } from '../../storage/database.ts';
import { findTrial } from '../../storage/readers/find.ts';
import { finiteAll, type JsonNumbers, type NonFiniteFlag, nonFiniteFlag } from '../../storage/readers/finite.ts';
import { readVault } from '../../storage/readers/vault.ts';
import { sayPrincipal } from '../provenance.ts';
import type { VaultOpenedRecord, VaultResultRecord } from '../record.ts';
import { readLook } from './look.ts';

/** What the policy of a seed showed in the vault. */
export interface VaultWalkItem extends NonFiniteFlag {
  readonly seed: number;
  readonly days: number;
  readonly policyHash: string;
  readonly metrics: JsonNumbers;
}

/** The vault of a trial's study, and the one look at it. Times are RFC 3339, the end exclusive. */
export interface TrialVault {
  readonly address: string;
  /** Null: the study keeps none. */
  readonly vault: VaultOpenedRecord['vault'] | null;
  /** The record of the look (null: the vault is closed to this trial). */
  readonly opened: { readonly record: number; readonly at: string; readonly by: string; readonly reason: string } | null;
  /** The record of what it showed (null: nothing yet). */
  readonly result: { readonly record: number; readonly at: string } | null;
  readonly items: readonly VaultWalkItem[];
}

/** @throws AssayError `not_found` */
export async function showVault(db: Db, given: string | TrialAddress): Promise<TrialVault> {
  const { study, trial } = await findTrial(db, typeof given === 'string' ? parseTrialAddress(given) : given);
  const address = trialAddress(study.name, trial.number);
  const vault = await readVault(db, study.id);
  if (vault === null) return { address, vault: null, opened: null, result: null, items: [] };
  const look = await readLook(db, address, vault);
  const { dataset, hash, sessions } = vault;
  return {
    address,
    vault: { dataset, hash, sessions, from: new Date(vault.fromMs).toISOString(), until: new Date(vault.untilMs).toISOString() },
    opened:
      look === null
        ? null
        : { record: look.opened.sequence, at: look.opened.at, by: sayPrincipal(look.opened.by), reason: look.opened.reason },
    result: look === null || look.result === null ? null : { record: look.result.sequence, at: look.result.at },
    items: look === null || look.result === null ? [] : walkItems(look.result),
  };
}

/** The results of a look as JSON can hold them. */
export function walkItems({ results }: Pick<VaultResultRecord, 'results'>): readonly VaultWalkItem[] {
  return results.map(({ seed, days, policyHash, metrics: recorded }) => {
    const metrics = Object.fromEntries(Object.entries(recorded).map(([name, value]) => [name, Number(value)]));
    return { seed, days, policyHash, metrics: finiteAll(metrics), ...nonFiniteFlag(metrics) };
  });
}
