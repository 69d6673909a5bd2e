import { type TrialAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import type { ComparedTrials } from '../validation/compare-judged.ts';
import { type GateResult, holds, versionOf } from '../validation/gates/gate.ts';
import { comparePaired } from './compare-models.ts';
import { findVersion } from './models.ts';

/** Version of the rule. */
const rule = 1;

export interface Challenge {
  readonly challenger: TrialAddress;
  readonly model: string;
  readonly alias: string;
  /** By how much the lower end of the interval must exceed 0, as a daily Sharpe ratio: `championMargin` of the gate policy. */
  readonly margin: number;
  /** True if the record of the version that the alias names has expired: it is no bar any more. */
  readonly isExpired: (version: number) => Promise<boolean>;
}

/**
 * The gate `champion`: a version that an alias names is replaced only by a trial that beats it in pairs of days. Observed is the lower end of
 * the 95 % interval of the difference of the mean daily Sharpe ratios; what cannot be compared is NaN, with what to run.
 * @returns null where nothing has to be beaten: the alias names no version yet, one of an expired record, or the challenger itself
 */
export async function championGate(
  db: Db,
  { challenger, model, alias, margin, isExpired }: Challenge,
): Promise<{ readonly result: GateResult; readonly against: number } | null> {
  const champion = await findVersion(db, { model, at: alias }).catch((error: unknown) => {
    if (error instanceof AssayError && error.code === 'not_found') return null;
    throw error;
  });
  const address = trialAddress(challenger.study, challenger.number);
  if (champion === null || champion.trial === address || (await isExpired(champion.version))) return null;
  const reported = await comparePaired(db, champion.address, address).then(
    (compared) => ({ observed: compared.low, because: inWords(champion.address, compared) }),
    (error: unknown) => {
      if (!(error instanceof AssayError) || error.code !== 'conflict') throw error;
      return { observed: Number.NaN, because: `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}` };
    },
  );
  const passed = holds(reported.observed, '>', margin);
  const result = {
    gate: 'champion',
    version: versionOf(rule, { margin }),
    severity: 'refuse',
    passed,
    threshold: margin,
    op: '>',
    ...reported,
  } as const;
  return { result, against: champion.version };
}

function inWords(
  champion: string,
  { difference, low, high, level, days, foldsAbove, folds, pairsAbove, pairsBelow, pairsEqual }: ComparedTrials,
): string {
  const pairs = pairsAbove + pairsBelow + pairsEqual;
  const sides = `above ${champion} in ${foldsAbove} of ${folds.length} folds and ${pairsAbove} of ${pairs} pairs of fold and seed`;
  const interval = Number.isNaN(low)
    ? 'no interval: too few days, or returns that do not vary'
    : `${level * 100} % within ${low.toFixed(4)} and ${high.toFixed(4)}`;
  return `the daily Sharpe ratio differs by ${difference.toFixed(4)} on ${days} days (${interval}); ${sides}`;
}
