import { sql } from 'drizzle-orm';
import { canonicalJson } from '../../core/json.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import type { TrialCounts } from '../../search/study/storage.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { bestTrials } from './best-trials.ts';
import { findStudy } from './find.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';
import { showStudy } from './show-study.ts';
import { trialField } from './trial-fields.ts';
import type { TrialItem } from './trial-item.ts';

export interface ComparedStudy extends NonFiniteFlag {
  readonly study: string;
  readonly direction: Direction;
  readonly counts: TrialCounts;
  readonly best: TrialItem | null;
  /** Over the complete trials whose figure is finite; `n` says how many. */
  readonly n: number;
  readonly mean: number | null;
  readonly median: number | null;
  /** With n - 1 in the denominator; null for fewer than two. */
  readonly sd: number | null;
}

export interface Comparison {
  /** Null: the objective value. */
  readonly metric: string | null;
  readonly studies: readonly ComparedStudy[];
  /** The best trials' parameters that are not the same everywhere; null where a study has none. */
  readonly params: readonly { readonly name: string; readonly values: readonly (ChoiceValue | null)[] }[];
}

/** Studies side by side, by the objective or a metric. @throws AssayError `not_found`. */
export async function compareStudies(db: Db, names: readonly string[], metric?: string): Promise<Comparison> {
  const studies = await Promise.all(names.map((name) => compared(db, name, metric)));
  const params = [...new Set(studies.flatMap(({ best }) => Object.keys(best?.params ?? {})))].map((name) => ({
    name,
    values: studies.map(({ best }) => best?.params[name] ?? null),
  }));
  return { metric: metric ?? null, studies, params: params.filter(({ values }) => new Set(values.map(canonicalJson)).size > 1) };
}

async function compared(db: Db, name: string, metric: string | undefined): Promise<ComparedStudy> {
  const study = await findStudy(db, name);
  const figure = metric === undefined ? sql`${trials.value}` : trialField(study, `metric:${metric}`, 'metric').expression;
  const [detail, best, { rows }] = await Promise.all([
    showStudy(db, name),
    bestTrials(db, name, { metric }),
    db.execute<{ n: string | number; mean: number | null; median: number | null; sd: number | null }>(sql`
      select count(*) as n, avg(figure) as mean, percentile_cont(0.5) within group (order by figure) as median, stddev_samp(figure) as sd
      from (select ${figure} as figure from trials where ${trials.studyId} = ${study.id} and ${trials.state} = 'complete') as figures
      where figure not in ('NaN', 'Infinity', '-Infinity')`),
  ]);
  const { n, mean, median, sd } = rows[0] ?? { n: 0, mean: null, median: null, sd: null };
  return {
    study: name,
    direction: study.direction,
    counts: detail.counts,
    best: best.trials[0] ?? null,
    n: Number(n),
    mean: finite(mean),
    median: finite(median),
    sd: finite(sd),
    ...nonFiniteFlag({ mean, median, sd }),
  };
}
