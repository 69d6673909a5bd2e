import { asc, isNull } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { DataRef } from '../../search/study/storage.ts';
import { totalReturn } from '../../validation/metrics.ts';
import type { ArtifactStore } from '../artifacts/store.ts';
import type { Db } from '../database.ts';
import { findTrial } from '../readers/find.ts';
import { evaluations } from '../schema/index.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { evaluationFromRow } from './evaluation-row.ts';
import { type EvaluationRow, evaluationsOf } from './evaluations-of.ts';
import { newestValidation } from './newest-validation.ts';

/** What one policy earned on the test of a fold: one net return a day, or a step. */
export interface EquityLine {
  readonly subject: string;
  readonly seed: number | null;
  readonly returns: ArrayLike<number>;
  /** Costs of the whole fold, a fraction of the account (null: not known). */
  readonly costs: number | null;
  readonly earlyTerminations: number;
}

export interface EquityFold {
  readonly fold: number;
  readonly testStart: Date;
  readonly testEnd: Date;
  /** Data that the evaluations read. */
  readonly data: readonly DataRef[];
  readonly lines: readonly EquityLine[];
}

export interface EquityRead {
  readonly address: string;
  /** NaN: not known. */
  readonly drawdownLimit: number;
  /** The seed with the lowest return over all folds (null: none was evaluated). */
  readonly worstSeed: number | null;
  readonly folds: readonly EquityFold[];
}

/**
 * Reads the returns of a trial's newest validation, fold by fold, with those of the baselines; of one fold and seed also step by step.
 * @param only null: every fold and seed, by day
 * @throws AssayError `not_found` for the trial, and for a fold and seed that were not evaluated
 */
export async function readEquity(
  db: Db,
  store: ArtifactStore,
  address: TrialAddress,
  only: { readonly fold: number; readonly seed: number } | null,
): Promise<EquityRead> {
  const { study, trial } = await findTrial(db, address);
  const name = trialAddress(study.name, trial.number);
  const newest = await newestValidation(db, trial.id);
  const order = [asc(evaluations.fold), asc(isNull(evaluations.trialId)), asc(evaluations.subject), asc(evaluations.seed)];
  const rows = newest === null ? [] : await evaluationsOf(db, newest.id, trial.id, ...order);
  const shown = only === null ? rows : rows.filter(({ evaluation: { fold, seed } }) => fold === only.fold && seed === only.seed);
  if (only !== null && shown.length === 0)
    throw new AssayError('not_found', `fold ${only.fold} of ${name} was not evaluated with seed ${only.seed}`, {
      hint: rows.length === 0 ? `assay validate '${name}' evaluates it` : 'leave fold and seed out to see which there are',
    });
  const lines = await Promise.all(
    shown.map(async ({ evaluation, window }) => ({
      window,
      evaluation,
      line: {
        subject: evaluation.subject,
        seed: evaluation.seed,
        returns: only === null ? evaluation.dailyReturns : (await evaluationFromRow(store, evaluation)).stepReturns,
        costs: metricsFromColumns(evaluation.metricNames, evaluation.metricValues)['costs'] ?? null,
        earlyTerminations: evaluation.earlyTerminations,
      },
    })),
  );
  const folds = [...new Set(lines.map(({ window }) => window.fold))].map((fold): EquityFold => {
    const own = lines.filter(({ window }) => window.fold === fold);
    const { window, evaluation } = own[0]!;
    return {
      fold,
      testStart: window.testStart,
      testEnd: window.testEnd,
      data: evaluation.dataNames.map((data, i) => ({ name: data, hash: evaluation.dataHashes[i] ?? '' })),
      lines: own.map(({ line }) => line),
    };
  });
  const limits = rows.filter(({ evaluation }) => evaluation.seed !== null).map(({ evaluation }) => evaluation.drawdownLimit);
  return { address: name, drawdownLimit: limits.length === 0 ? Number.NaN : Math.max(...limits), worstSeed: worstOf(rows), folds };
}

function worstOf(rows: readonly EvaluationRow[]): number | null {
  const bySeed = new Map<number, number[]>();
  for (const { evaluation } of rows) {
    if (evaluation.seed === null) continue;
    bySeed.set(evaluation.seed, [...(bySeed.get(evaluation.seed) ?? []), ...evaluation.dailyReturns]);
  }
  let worst: { readonly seed: number; readonly gain: number } | null = null;
  for (const [seed, returns] of bySeed) {
    const gain = totalReturn(returns);
    // NaN is the worst.
    if (worst === null || gain < worst.gain || (Number.isNaN(gain) && !Number.isNaN(worst.gain))) worst = { seed, gain };
  }
  return worst?.seed ?? null;
}
