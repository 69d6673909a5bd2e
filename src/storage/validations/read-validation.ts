import { and, asc, desc, eq, or, sql } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import { meanOf } from '../../core/mean.ts';
import { ownValue } from '../../core/reserved-keys.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { isInactive, leastActiveShareOf } from '../../validation/activity.ts';
import { chainedMetrics, followOneAnother } from '../../validation/chain-folds.ts';
import { daysPerYear } from '../../validation/gates/daily.ts';
import { sharpeInterval } from '../../validation/statistics/bootstrap.ts';
import type { Db } from '../database.ts';
import { findStudy } from '../readers/find.ts';
import { finite, finiteAll, type JsonNumbers, type NonFiniteFlag, nonFiniteFlag } from '../readers/finite.ts';
import { evaluations, trials, validationFolds, validations, validationTrials } from '../schema/index.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { type ChecksItem, readChecksItem } from './checks-item.ts';
import { evaluationsOf } from './evaluations-of.ts';
import { isEvidence } from './evidence-only.ts';
import { looksCounter } from './looks.ts';
import { policySubject, type ValidationDefinition } from './save-validation.ts';
import { readSearchRecord } from './search-record.ts';
import { countTried } from './tried.ts';

export interface FoldItem extends NonFiniteFlag {
  readonly fold: number;
  /** Null for a baseline. */
  readonly seed: number | null;
  readonly trainStart: string;
  readonly trainEnd: string;
  readonly testStart: string;
  readonly testEnd: string;
  readonly purgedBars: number;
  readonly metrics: JsonNumbers;
  readonly earlyTerminations: number;
  /** Versions, processor, device and executor (null: not stored). */
  readonly ranOn: RuntimeInfo | null;
}

export interface BaselineItem extends NonFiniteFlag {
  readonly name: string;
  readonly folds: readonly FoldItem[];
  readonly metrics: JsonNumbers;
}

export interface ValidationItem extends NonFiniteFlag {
  readonly address: string;
  readonly definitionHash: string;
  /** Every seed ever requested. */
  readonly seeds: readonly number[];
  /** Evaluated folds; `expected` is the number when all are done. */
  readonly folds: readonly FoldItem[];
  readonly expected: number;
  /**
   * Means over the seeds, each of which trades its folds one after the other on one account: return and drawdown are those of the row, ratios
   * those of all its days. NaN if any fold has NaN, so a bad fold is not averaged away.
   */
  readonly metrics: JsonNumbers;
  /** Baselines on the same folds, with the same costs. */
  readonly baselines: readonly BaselineItem[];
  /** Number of trials of the study that were tried, as of now: complete, pruned, failed, and others that reported. */
  readonly trialsTried: number;
  /** Checks of data, features and saved policies (null: none was run). */
  readonly checks: ChecksItem | null;
  /** Number of looks at these test days, over all studies, this one included, as of now (null: the data are not known). */
  readonly looks: number | null;
}

export interface ValidationQuery {
  /** Only this trial. */
  readonly number?: number | undefined;
  /** Only this validation, by its key. */
  readonly validation?: number | undefined;
}

/** Reads the newest validation of each evaluated trial, by number. @throws AssayError `not_found` */
export async function readValidation(
  db: Db,
  studyName: string,
  { number, validation: only }: ValidationQuery = {},
): Promise<{ readonly items: readonly ValidationItem[] }> {
  const study = await findStudy(db, studyName);
  const newest = await db
    .selectDistinctOn([trials.number], {
      number: trials.number,
      trialId: trials.id,
      validation: validations,
      seeds: validationTrials.seeds,
    })
    .from(evaluations)
    .innerJoin(trials, eq(trials.id, evaluations.trialId))
    .innerJoin(validations, eq(validations.id, evaluations.validationId))
    .innerJoin(validationTrials, and(eq(validationTrials.validationId, validations.id), eq(validationTrials.trialId, trials.id)))
    .where(
      and(
        eq(validations.studyId, study.id),
        only === undefined ? isEvidence : undefined,
        number === undefined ? undefined : eq(trials.number, number),
        only === undefined ? undefined : eq(validations.id, only),
      ),
    )
    .orderBy(asc(trials.number), desc(validations.id));
  const trialsTried = await countTried(db, study.id);
  const count = looksCounter(db);
  const items = newest.map(async ({ number: of, trialId, validation, seeds }): Promise<ValidationItem> => {
    const rows = await foldsOf(db, validation.id, trialId);
    const own = rows.filter(({ subject }) => subject === policySubject);
    const windows = await db.$count(validationFolds, eq(validationFolds.validationId, validation.id));
    const headline = headlineOf(own);
    return {
      address: trialAddress(study.name, of),
      definitionHash: validation.definitionHash,
      seeds,
      folds: own.map(({ item }) => item),
      expected: windows * seeds.length,
      metrics: finiteAll(headline),
      baselines: baselinesOf(rows),
      trialsTried,
      checks: await readChecksItem(db, validation.id, { trial: trialId, seeds }),
      looks: finite(await looksAt(db, count, validation, trialId)),
      ...nonFiniteFlag(headline),
    };
  });
  return { items: await Promise.all(items) };
}

/** Looks at these days on every content of data that the gates count them on: of the definition, the evaluations and the trial's search. */
async function looksAt(
  db: Db,
  count: ReturnType<typeof looksCounter>,
  { id, definition }: typeof validations.$inferSelect,
  trialId: number,
): Promise<number> {
  const [folds, read, [trial]] = await Promise.all([
    db
      .select({ testStart: validationFolds.testStart, testEnd: validationFolds.testEnd })
      .from(validationFolds)
      .where(eq(validationFolds.validationId, id)),
    db
      .selectDistinct({ hashes: evaluations.dataHashes })
      .from(evaluations)
      .where(and(eq(evaluations.validationId, id), or(eq(evaluations.trialId, trialId), sql`${evaluations.trialId} is null`))),
    db.select({ id: trials.id, attempt: trials.attempt }).from(trials).where(eq(trials.id, trialId)),
  ]);
  const searched = trial === undefined ? [] : (await readSearchRecord(db, trial)).data;
  const named = [...((definition as Partial<ValidationDefinition>).data ?? []), ...searched].map(({ hash }) => hash);
  return count(
    [...new Set([...named, ...read.flatMap(({ hashes }) => hashes)])],
    folds.map(({ testStart, testEnd }) => ({ testStart: testStart.getTime(), testEnd: testEnd.getTime() })),
  );
}

interface FoldRow {
  readonly subject: string;
  readonly metrics: Metrics;
  readonly dailyReturns: readonly number[];
  readonly item: FoldItem;
}

async function foldsOf(db: Db, validationId: number, trialId: number): Promise<readonly FoldRow[]> {
  const order = [asc(evaluations.subject), asc(evaluations.fold), asc(evaluations.seed)];
  const rows = await evaluationsOf(db, validationId, trialId, ...order);
  return rows.map(({ evaluation, window }) => {
    const metrics = metricsFromColumns(evaluation.metricNames, evaluation.metricValues);
    const item = {
      fold: evaluation.fold,
      seed: evaluation.seed,
      trainStart: window.trainStart.toISOString(),
      trainEnd: window.trainEnd.toISOString(),
      testStart: window.testStart.toISOString(),
      testEnd: window.testEnd.toISOString(),
      purgedBars: window.purgedBars,
      metrics: finiteAll(metrics),
      earlyTerminations: evaluation.earlyTerminations,
      ranOn: evaluation.ranOn,
      ...nonFiniteFlag(metrics),
    };
    return { subject: evaluation.subject, metrics, dailyReturns: evaluation.dailyReturns, item };
  });
}

function baselinesOf(rows: readonly FoldRow[]): readonly BaselineItem[] {
  const names = [...new Set(rows.map(({ subject }) => subject))].filter((name) => name !== policySubject);
  return names.map((name) => {
    const own = rows.filter(({ subject }) => subject === name);
    const headline = headlineOf(own);
    return { name, folds: own.map(({ item }) => item), metrics: finiteAll(headline), ...nonFiniteFlag(headline) };
  });
}

/** Mean over the seeds of {@link chainedMetrics}; folds whose tests overlap cannot be put in a row, of them it is the mean over the folds. */
function headlineOf(rows: readonly FoldRow[]): Metrics {
  const seeds = [...new Set(rows.map(({ item }) => item.seed))].map((seed) => rows.filter(({ item }) => item.seed === seed));
  return meanMetrics(
    seeds.flatMap((folds) =>
      followOneAnother(folds.map(({ item }) => item))
        ? [{ ...chainedMetrics(folds), ...intervalOf(folds) }]
        : folds.map(({ metrics }) => metrics),
    ),
  );
}

/** The 95 % interval of the ratios of all days of one seed; empty where there is none, and where too few days are active for a ratio. */
function intervalOf(folds: readonly FoldRow[]): Metrics {
  const days = folds.flatMap(({ dailyReturns }) => dailyReturns);
  if (!days.every(Number.isFinite) || isInactive(days, leastActiveShareOf(folds[0]!.metrics))) return {};
  const { low, high } = sharpeInterval(days);
  if (Number.isNaN(low)) return {};
  const year = Math.sqrt(folds[0]!.metrics['sessionsPerYear'] ?? daysPerYear);
  return { sharpeDailyLow: low, sharpeDailyHigh: high, sharpeAnnualLow: low * year, sharpeAnnualHigh: high * year };
}

/** Mean of each metric; NaN where one lacks it. */
function meanMetrics(all: readonly Metrics[]): Metrics {
  const names = [...new Set(all.flatMap((metrics) => Object.keys(metrics)))];
  return Object.fromEntries(names.map((name) => [name, meanOf(all.map((metrics) => ownValue(metrics, name) ?? Number.NaN))]));
}
