import { type SQL, sql } from 'drizzle-orm';
import { canonicalJson } from '../../core/json.ts';
import { midpoint } from '../../core/mean.ts';
import { ownValue } from '../../core/reserved-keys.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import type { TrialCounts } from '../../search/study/storage.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { type BestQuery, bestTrials, type Grouping, groupingOf } from './best-trials.ts';
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
  /** Compared value of the best trial, or the mean of the best configuration. */
  readonly bestFigure: number | null;
  /** What counts: each trial, or those of the same parameters once, with their mean. */
  readonly group: Grouping;
  /** Number of those whose value is finite; mean, median and sd are over these. */
  readonly n: number;
  readonly mean: number | null;
  readonly median: number | null;
  /** Standard deviation with denominator n - 1 (null: fewer than two). */
  readonly sd: number | null;
}

export interface Comparison {
  /** Null: the objective value. */
  readonly metric: string | null;
  /** Null: the only objective, or the first of several. */
  readonly objective: string | null;
  readonly studies: readonly ComparedStudy[];
  /** Parameters that differ between the best trials (null: a study has none). */
  readonly params: readonly { readonly name: string; readonly values: readonly (ChoiceValue | null)[] }[];
}

export type ComparedMetric = Pick<BestQuery, 'metric' | 'objective' | 'group'>;

/** Compares studies by the objective, one of several objectives, or a metric. @throws AssayError `not_found`, `usage` */
export async function compareStudies(db: Db, names: readonly string[], by: ComparedMetric = {}): Promise<Comparison> {
  const studies = await Promise.all(names.map((name) => compared(db, name, by)));
  const params = [...new Set(studies.flatMap(({ best }) => Object.keys(best?.params ?? {})))].map((name) => ({
    name,
    values: studies.map(({ best }) => ownValue(best?.params ?? {}, name) ?? null),
  }));
  const { metric = null, objective = null } = by;
  return { metric, objective, studies, params: params.filter(({ values }) => new Set(values.map(canonicalJson)).size > 1) };
}

async function compared(db: Db, name: string, by: ComparedMetric): Promise<ComparedStudy> {
  const study = await findStudy(db, name);
  const { metric, objective = study.objectives?.[0]?.name, group = groupingOf(study) } = by;
  const value =
    metric !== undefined
      ? trialField(study, `metric:${metric}`, 'metric').expression
      : objective !== undefined
        ? trialField(study, `objective:${objective}`, 'objective').expression
        : sql`${trials.value}`;
  const [detail, best, spread] = await Promise.all([
    showStudy(db, name),
    bestTrials(db, name, metric === undefined ? { objective, group } : { metric, objective: by.objective, group }),
    readSpread(db, study.id, group, value),
  ]);
  const { n, mean, median, sd } = spread;
  const of = metric !== undefined ? `metrics.${metric}` : objective !== undefined ? `values.${objective}` : 'value';
  const shown = best.trials[0];
  const bestNonFinite = shown?.nonFinite?.[shown.configuration === undefined ? of : 'configuration.mean'];
  const { nonFinite = {} } = nonFiniteFlag({ mean, median, sd });
  const odd = { ...nonFinite, ...(bestNonFinite !== undefined && { bestFigure: bestNonFinite }) };
  return {
    study: name,
    direction: best.direction,
    counts: detail.counts,
    best: shown ?? null,
    bestFigure: shown?.configuration === undefined ? comparedMetricOf(shown, metric, objective) : shown.configuration.mean,
    group,
    n,
    mean: finite(mean),
    median: finite(median),
    sd: finite(sd),
    ...(Object.keys(odd).length > 0 && { nonFinite: odd }),
  };
}

interface Spread {
  readonly n: number;
  readonly mean: number | null;
  readonly median: number | null;
  readonly sd: number | null;
}

/** Values between 1e-100 and this are summed directly; squares of larger ones would overflow, of smaller ones underflow. */
const largestAsItIs = 1e100;
/** Unit of larger values, and the reciprocal of that of smaller ones: a power of two, so no digit is lost. */
const largeUnit = 2 ** 600;

/**
 * Statistics of the complete trials whose value is finite. Sums and squares are taken in a unit in which they fit, so only a result beyond
 * the largest number is infinite.
 */
async function readSpread(db: Db, study: StudyRow['id'], group: Grouping, value: SQL): Promise<Spread> {
  const one = group === 'none' ? sql`${value} as value` : sql`avg(${value}) as value`;
  const grouped = group === 'none' ? sql`` : sql`group by ${trials.params}::jsonb`;
  const { rows } = await db.execute<SpreadRow>(sql`
    with finite as (
      select value from (select ${one} from trials where ${trials.studyId} = ${study} and ${trials.state} = 'complete' ${grouped}) as all_values
      where value not in ('NaN', 'Infinity', '-Infinity')
    ), size as (
      select case when max(abs(value)) > ${largestAsItIs}::float8 then 1 when max(abs(value)) < ${1 / largestAsItIs}::float8 then -1 else 0 end as sign
      from finite
    ), scaled as (
      select value, sign, case sign when 0 then value when -1 then value * ${largeUnit}::float8
        else case when abs(value) < ${1 / largestAsItIs}::float8 then 0 else value / ${largeUnit}::float8 end end as part
      from finite, size
    )
    select count(*)::int as n, max(sign) as sign, avg(part) as mean, stddev_samp(part) as sd,
      percentile_disc(0.5) within group (order by value) as lower, percentile_disc(0.5) within group (order by value desc) as upper
    from scaled`);
  const { n, sign, mean, sd, lower, upper } = rows[0]!;
  const unit = largeUnit ** (sign ?? 0);
  return {
    n,
    mean: mean === null ? null : mean * unit,
    median: lower === null || upper === null ? null : midpoint(lower, upper),
    sd: sd === null ? null : sd * unit,
  };
}

interface SpreadRow extends Record<string, unknown> {
  readonly n: number;
  readonly sign: number | null;
  readonly mean: number | null;
  readonly sd: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

function comparedMetricOf(trial: TrialItem | undefined, metric: string | undefined, objective: string | undefined): number | null {
  if (trial === undefined) return null;
  const value =
    metric !== undefined
      ? ownValue(trial.metrics, metric)
      : objective !== undefined
        ? ownValue(trial.values ?? {}, objective)
        : trial.value;
  return value ?? null;
}
