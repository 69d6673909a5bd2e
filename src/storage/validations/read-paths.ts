import { and, asc, desc, eq, like } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { FoldParts } from '../../search/study/walk-forward.ts';
import { leastActiveShareOf } from '../../validation/activity.ts';
import { assemblePaths, cpcvOf, quantile, type SplitReturns, shownQuantiles, type ValidationPath } from '../../validation/schemes/paths.ts';
import type { Db } from '../database.ts';
import { findTrial } from '../readers/find.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from '../readers/finite.ts';
import { evaluations, validationFolds, validations, validationTrials } from '../schema/index.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { policySubject } from './save-validation.ts';

/** One path of one seed through all tested days. */
export interface PathItem extends NonFiniteFlag {
  readonly seed: number;
  /** From 0. */
  readonly path: number;
  readonly days: number;
  readonly totalReturn: number | null;
  /** Not annualised. */
  readonly sharpeDaily: number | null;
  readonly maxDrawdown: number | null;
}

/** The combinatorial validation of a trial: robustness, never evidence for a promotion. */
export interface TrialPaths extends NonFiniteFlag {
  readonly address: string;
  /** `cpcv:6,2`; null: it has none, and no items. */
  readonly scheme: string | null;
  /** Seeds of which every split is evaluated, and those that were asked for. */
  readonly seeds: readonly number[];
  readonly asked: number;
  /** Quantiles of the daily Sharpe ratios of all paths and seeds (null: none is complete). */
  readonly sharpeDaily: { readonly p05: number | null; readonly p50: number | null; readonly p95: number | null };
  readonly items: readonly PathItem[];
  /** What each fold was trained and tested on. */
  readonly folds: readonly SplitItem[];
}

/** One fold of a combinatorial scheme, in sessions. */
export interface SplitItem {
  readonly fold: number;
  /** The groups that it tests, from 0. */
  readonly groups: readonly number[];
  readonly trainedSessions: number;
  readonly testedSessions: number;
  /** Left out of training on either side of the tests, and beyond that behind them. */
  readonly purgedSessions: number;
  readonly embargoedSessions: number;
}

/**
 * Reads the paths of a trial's newest combinatorial validation.
 * @param scheme only this one: `cpcv:6,2`.
 * @throws AssayError `not_found`.
 */
export async function readPaths(db: Db, address: string | TrialAddress, scheme?: string): Promise<TrialPaths> {
  const { study, trial } = await findTrial(db, address);
  const name = trialAddress(study.name, trial.number);
  const [newest] = await db
    .select({ id: validations.id, scheme: validations.scheme, asked: validationTrials.seeds })
    .from(validations)
    .innerJoin(validationTrials, and(eq(validationTrials.validationId, validations.id), eq(validationTrials.trialId, trial.id)))
    .where(
      and(eq(validations.studyId, study.id), scheme === undefined ? like(validations.scheme, 'cpcv:%') : eq(validations.scheme, scheme)),
    )
    .orderBy(desc(validations.id))
    .limit(1);
  const kind = newest === undefined ? null : cpcvOf(newest.scheme ?? '');
  if (newest === undefined || kind === null) {
    return { address: name, scheme: null, seeds: [], asked: 0, sharpeDaily: { p05: null, p50: null, p95: null }, items: [], folds: [] };
  }
  const rows = await db
    .select({
      seed: evaluations.seed,
      split: evaluations.fold,
      dailyReturns: evaluations.dailyReturns,
      names: evaluations.metricNames,
      values: evaluations.metricValues,
      parts: validationFolds.parts,
    })
    .from(evaluations)
    .innerJoin(validationFolds, and(eq(validationFolds.validationId, evaluations.validationId), eq(validationFolds.fold, evaluations.fold)))
    .where(and(eq(evaluations.validationId, newest.id), eq(evaluations.trialId, trial.id), eq(evaluations.subject, policySubject)))
    .orderBy(asc(evaluations.fold));
  const folds = await db
    .select({ fold: validationFolds.fold, parts: validationFolds.parts })
    .from(validationFolds)
    .where(eq(validationFolds.validationId, newest.id))
    .orderBy(asc(validationFolds.fold));
  const ofSeed = (seed: number) => rows.filter((row) => row.seed === seed);
  const complete = newest.asked.filter((seed) => ofSeed(seed).length === folds.length);
  const paths = complete.flatMap((seed) => {
    const own = ofSeed(seed);
    const share = leastActiveShareOf(metricsFromColumns(own[0]!.names, own[0]!.values));
    return assemblePaths(kind, own.map(splitFrom), share).map((path) => itemOf(seed, path));
  });
  const ratios = paths.map(({ path }) => path.sharpeDaily);
  const [p05, p50, p95] = shownQuantiles.map((p) => quantile(ratios, p)) as [number, number, number];
  return {
    address: name,
    scheme: newest.scheme,
    seeds: complete,
    asked: newest.asked.length,
    sharpeDaily: { p05: finite(p05), p50: finite(p50), p95: finite(p95) },
    items: paths.map(({ item }) => item),
    folds: folds.flatMap(({ fold, parts }) => (parts === null ? [] : [splitItem(fold, parts)])),
    ...(ratios.length > 0 && nonFiniteFlag({ 'sharpeDaily.p05': p05, 'sharpeDaily.p50': p50, 'sharpeDaily.p95': p95 })),
  };
}

function splitItem(fold: number, { train, test, purgedSessions, embargoedSessions }: FoldParts): SplitItem {
  const sum = (parts: readonly { readonly sessions: number }[]) => parts.reduce((total, { sessions }) => total + sessions, 0);
  return {
    fold,
    groups: test.map(({ group }) => group),
    trainedSessions: sum(train),
    testedSessions: sum(test),
    purgedSessions,
    embargoedSessions,
  };
}

function splitFrom({
  split,
  dailyReturns,
  parts,
}: {
  split: number;
  dailyReturns: readonly number[];
  parts: FoldParts | null;
}): SplitReturns {
  const groups = parts?.test ?? [];
  const days = groups.reduce((sum, { sessions }) => sum + sessions, 0);
  if (days !== dailyReturns.length)
    throw new AssayError('data_invalid', `split ${split} has ${dailyReturns.length} daily returns of ${days} tested sessions`, {
      hint: 'a session without two bars gives no return: leave it out of the data set',
    });
  let from = 0;
  return {
    split,
    groups: groups.map(({ group, sessions }) => {
      from += sessions;
      return { group, dailyReturns: dailyReturns.slice(from - sessions, from) };
    }),
  };
}

function itemOf(seed: number, path: ValidationPath): { readonly path: ValidationPath; readonly item: PathItem } {
  const { totalReturn, sharpeDaily, maxDrawdown } = path;
  const figures = { totalReturn, sharpeDaily, maxDrawdown };
  return {
    path,
    item: {
      seed,
      path: path.path,
      days: path.days,
      totalReturn: finite(totalReturn),
      sharpeDaily: finite(sharpeDaily),
      maxDrawdown: finite(maxDrawdown),
      ...nonFiniteFlag(figures),
    },
  };
}
