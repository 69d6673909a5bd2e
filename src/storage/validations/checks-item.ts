import { and, asc, eq } from 'drizzle-orm';
import { assembleChecks } from '../../validation/checks/assemble.ts';
import { seedMean } from '../../validation/checks/best-days.ts';
import type { CheckEvidence, StressKind } from '../../validation/gates/checks-evidence.ts';
import { sharpe, totalReturn } from '../../validation/metrics.ts';
import type { Db } from '../database.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from '../readers/finite.ts';
import { evaluations, validationFolds } from '../schema/index.ts';
import { readChecks } from './read-checks.ts';

/** The checks of a trial as readers show them: figures of the stresses in place of their returns. */
export interface ChecksItem extends Pick<CheckEvidence, 'lookAhead' | 'causal' | 'deterministic'> {
  /** `missingBars` is null where it was not recorded. */
  readonly dataQuality: (Omit<NonNullable<CheckEvidence['dataQuality']>, 'missingBars'> & { readonly missingBars: number | null }) | null;
  readonly stress: readonly StressItem[];
}

/** Figures of the mean of the seeds under one stress, all folds one after the other. */
export interface StressItem extends NonFiniteFlag {
  readonly kind: StressKind;
  readonly totalReturn: number | null;
  readonly sharpeDaily: number | null;
}

/** Reads the checks of a trial in one validation; null if none was run. */
export async function readChecksItem(
  db: Db,
  validation: number,
  { trial, seeds }: { readonly trial: number; readonly seeds: readonly number[] },
): Promise<ChecksItem | null> {
  const [stored, rows, windows] = await Promise.all([
    readChecks(db, validation, trial),
    db
      .select({ seed: evaluations.seed, dailyReturns: evaluations.dailyReturns, ranOn: evaluations.ranOn })
      .from(evaluations)
      .where(and(eq(evaluations.validationId, validation), eq(evaluations.trialId, trial)))
      .orderBy(asc(evaluations.fold)),
    db
      .select({ fold: validationFolds.fold })
      .from(validationFolds)
      .where(eq(validationFolds.validationId, validation))
      .orderBy(asc(validationFolds.fold)),
  ]);
  const checks = assembleChecks(
    stored,
    seeds.map((seed) => ({ seed, folds: rows.filter((row) => row.seed === seed) })),
    windows.map(({ fold }) => fold),
  );
  if (checks === null) return null;
  const { lookAhead, causal, deterministic, dataQuality, stress } = checks;
  return {
    lookAhead,
    causal,
    deterministic,
    dataQuality: dataQuality && { ...dataQuality, missingBars: finite(dataQuality.missingBars) },
    stress: Object.entries(stress).map(([kind, { returns }]) => {
      const mean = seedMean(returns);
      const figures = { totalReturn: totalReturn(mean), sharpeDaily: sharpe(mean) };
      return {
        kind: kind as StressKind,
        totalReturn: finite(figures.totalReturn),
        sharpeDaily: finite(figures.sharpeDaily),
        ...nonFiniteFlag(figures),
      };
    }),
  };
}
