import { asc, isNull } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import type { Db } from '../database.ts';
import { findTrial } from '../readers/find.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from '../readers/finite.ts';
import { evaluations } from '../schema/index.ts';
import { evaluationsOf } from './evaluations-of.ts';
import { newestValidation } from './newest-validation.ts';

/** Daily returns of one policy on the test part of one fold. */
export interface FoldReturns extends NonFiniteFlag {
  /** `policy`, or the name of a baseline. */
  readonly subject: string;
  /** Null for a baseline. */
  readonly seed: number | null;
  readonly fold: number;
  readonly testStart: string;
  readonly testEnd: string;
  /** One net return per session, as a fraction of the account, in time order. `nonFinite` names them as `dailyReturns.<index>`. */
  readonly dailyReturns: readonly (number | null)[];
}

export interface TrialReturns {
  readonly address: string;
  /** Returns of the trial's newest validation by subject, seed and fold, baselines last. Empty: it was never validated. */
  readonly items: readonly FoldReturns[];
}

/** @throws AssayError `not_found`. */
export async function readReturns(db: Db, address: string | TrialAddress): Promise<TrialReturns> {
  const { study, trial } = await findTrial(db, address);
  const newest = await newestValidation(db, trial.id);
  const order = [asc(isNull(evaluations.trialId)), asc(evaluations.subject), asc(evaluations.seed), asc(evaluations.fold)];
  const rows = newest === null ? [] : await evaluationsOf(db, newest.id, trial.id, ...order);
  return {
    address: trialAddress(study.name, trial.number),
    items: rows.map(({ evaluation: { subject, seed, fold, dailyReturns }, window }) => ({
      subject,
      seed,
      fold,
      testStart: window.testStart.toISOString(),
      testEnd: window.testEnd.toISOString(),
      dailyReturns: dailyReturns.map(finite),
      ...nonFiniteFlag(Object.fromEntries(dailyReturns.map((given, day) => [`dailyReturns.${day}`, given]))),
    })),
  };
}
