import { and, asc, eq } from 'drizzle-orm';
import { type TrialAddress, trialAddress } from '../../core/address.ts';
import { totalReturn } from '../../validation/metrics.ts';
import type { Db } from '../database.ts';
import { findTrial } from '../readers/find.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from '../readers/finite.ts';
import { evaluations, validationFolds } from '../schema/index.ts';
import { newestValidation } from './newest-validation.ts';
import { readSearchRecord } from './search-record.ts';

interface Part {
  /** RFC 3339; the end is exclusive. */
  readonly start: string;
  readonly end: string;
  readonly sessions: number | null;
}

export interface FoldLayoutItem {
  readonly fold: number;
  readonly train: readonly Part[];
  readonly test: readonly Part[];
  readonly purge: { readonly bars: number; readonly sessions: number | null; readonly start: string; readonly end: string };
  readonly embargo: { readonly bars: number; readonly sessions: number } | null;
  /** Why it is no evidence (null: it is). */
  readonly seen: string | null;
  readonly returns: { readonly seed: readonly number[]; readonly totalReturn: readonly (number | null)[] };
  /** The lowest return (null: nothing was evaluated); NaN, as `nonFinite` says, where the return of a seed is. */
  readonly worst: number | null;
}

export interface FoldLayoutRead extends NonFiniteFlag {
  readonly address: string;
  readonly search: {
    readonly end: string;
    readonly datasets: readonly { readonly name: string; readonly hash: string; readonly end: string | null }[];
  } | null;
  readonly folds: readonly FoldLayoutItem[];
  readonly seeds: readonly number[];
}

/** Where the folds of a trial's newest validation lie, what the search saw, and what each test returned. @throws AssayError `not_found` */
export async function readFoldLayout(db: Db, address: string | TrialAddress): Promise<FoldLayoutRead> {
  const { study, trial } = await findTrial(db, address);
  const [newest, searched] = await Promise.all([newestValidation(db, trial.id), readSearchRecord(db, trial)]);
  const ends = searched.data.map(({ searchedUntil }) => searchedUntil);
  const until = ends.length === 0 || ends.some((end) => end === null) ? null : Math.max(...ends.map((end) => end!.getTime()));
  const search =
    until === null
      ? null
      : {
          end: new Date(until).toISOString(),
          datasets: searched.data.map(({ name, hash, searchedUntil }) => ({ name, hash, end: searchedUntil?.toISOString() ?? null })),
        };
  if (newest === null) return { address: trialAddress(study.name, trial.number), search, folds: [], seeds: [] };
  const [windows, rows] = await Promise.all([
    db.select().from(validationFolds).where(eq(validationFolds.validationId, newest.id)).orderBy(asc(validationFolds.fold)),
    db
      .select({ fold: evaluations.fold, seed: evaluations.seed, dailyReturns: evaluations.dailyReturns })
      .from(evaluations)
      .where(and(eq(evaluations.validationId, newest.id), eq(evaluations.trialId, trial.id)))
      .orderBy(asc(evaluations.fold), asc(evaluations.seed)),
  ]);
  const odd: Record<string, number> = {};
  const folds = windows.map((window, i): FoldLayoutItem => {
    const own = rows.filter(({ fold }) => fold === window.fold);
    const returns = own.map(({ dailyReturns }) => totalReturn(dailyReturns));
    for (const [k, value] of returns.entries()) odd[`folds.${i}.returns.totalReturn.${k}`] = value;
    // NaN where one is: what a seed did not show may be worse than all others.
    const worst = returns.length === 0 ? null : Math.min(...returns);
    if (worst !== null) odd[`folds.${i}.worst`] = worst;
    return {
      fold: window.fold,
      train: partsOf(window.parts?.train, window.trainStart, window.trainEnd),
      test: partsOf(window.parts?.test, window.testStart, window.testEnd),
      purge: {
        bars: window.purgedBars,
        sessions: window.parts?.purgedSessions ?? null,
        start: window.trainEnd.toISOString(),
        end: window.testStart.toISOString(),
      },
      embargo:
        window.parts === null || window.parts.embargoedBars === 0
          ? null
          : { bars: window.parts.embargoedBars, sessions: window.parts.embargoedSessions },
      seen: seenOf(window, until),
      returns: { seed: own.map(({ seed }) => seed!), totalReturn: returns.map(finite) },
      worst: worst === null ? null : finite(worst),
    };
  });
  return { address: trialAddress(study.name, trial.number), search, folds, seeds: newest.seeds, ...nonFiniteFlag(odd) };
}

function partsOf(
  parts: readonly { readonly start: number; readonly end: number; readonly sessions: number }[] | undefined,
  start: Date,
  end: Date,
): readonly Part[] {
  if (parts === undefined) return [{ start: start.toISOString(), end: end.toISOString(), sessions: null }];
  return parts.map((part) => ({
    start: new Date(part.start).toISOString(),
    end: new Date(part.end).toISOString(),
    sessions: part.sessions,
  }));
}

function seenOf({ testStart }: typeof validationFolds.$inferSelect, until: number | null): string | null {
  if (until === null) return 'the trial did not say how far its search looked';
  if (testStart.getTime() >= until) return null;
  return `it is tested from ${testStart.toISOString()}, but the search looked at data until ${new Date(until).toISOString()}`;
}
