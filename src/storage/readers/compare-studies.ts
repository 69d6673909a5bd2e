import { sql } from 'drizzle-orm';
import { canonicalJson } from '../../core/json.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import type { TrialCounts } from '../../search/study/storage.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { type BestQuery, bestTrials } from './best-trials.ts';
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
  /** The best trial's figure that is compared. */
  readonly bestFigure: number | null;
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
  /** Null: the only objective, or the first of several. */
  readonly objective: string | null;
  readonly studies: readonly ComparedStudy[];
  /** The best trials' parameters that are not the same everywhere; null where a study has none. */
  readonly params: readonly { readonly name: string; readonly values: readonly (ChoiceValue | null)[] }[];
}

export type ComparedFigure = Pick<BestQuery, 'metric' | 'objective'>;

/** Studies side by side, by the objective, one of several, or a metric. @throws AssayError `not_found`, `usage`. */
export async function compareStudies(db: Db, names: readonly string[], by: ComparedFigure = {}): Promise<Comparison> {
  const studies = await Promise.all(names.map((name) => compared(db, name, by)));
  const params = [...new Set(studies.flatMap(({ best }) => Object.keys(best?.params ?? {})))].map((name) => ({
    name,
    values: studies.map(({ best }) => best?.params[name] ?? null),
  }));
  const { metric = null, objective = null } = by;
  return { metric, objective, studies, params: params.filter(({ values }) => new Set(values.map(canonicalJson)).size > 1) };
}

async function compared(db: Db, name: string, by: ComparedFigure): Promise<ComparedStudy> {
  const study = await findStudy(db, name);
  const { metric, objective = study.objectives?.[0]?.name } = by;
  const figure =
    metric !== undefined
      ? trialField(study, `metric:${metric}`, 'metric').expression
      : objective !== undefined
        ? trialField(study, `objective:${objective}`, 'objective').expression
        : sql`${trials.value}`;
  const [detail, best, { rows }] = await Promise.all([
    showStudy(db, name),
    bestTrials(db, name, metric === undefined ? { objective } : by),
    db.execute<{ n: string | number; mean: number | null; median: number | null; sd: number | null }>(sql`
      select count(*) as n, avg(figure) as mean, percentile_cont(0.5) within group (order by figure) as median, stddev_samp(figure) as sd
      from (select ${figure} as figure from trials where ${trials.studyId} = ${study.id} and ${trials.state} = 'complete') as figures
      where figure not in ('NaN', 'Infinity', '-Infinity')`),
  ]);
  const { n, mean, median, sd } = rows[0] ?? { n: 0, mean: null, median: null, sd: null };
  return {
    study: name,
    direction: best.direction,
    counts: detail.counts,
    best: best.trials[0] ?? null,
    bestFigure: figureOf(best.trials[0], metric, objective),
    n: Number(n),
    mean: finite(mean),
    median: finite(median),
    sd: finite(sd),
    ...nonFiniteFlag({ mean, median, sd }),
  };
}

function figureOf(trial: TrialItem | undefined, metric: string | undefined, objective: string | undefined): number | null {
  if (trial === undefined) return null;
  const figure = metric !== undefined ? trial.metrics[metric] : objective !== undefined ? trial.values?.[objective] : trial.value;
  return figure ?? null;
}
