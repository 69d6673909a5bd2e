import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { doublesOf } from './trial-columns.ts';

/** Reports of the newest attempt of a trial, in the order of their steps. */
export interface ChartCurve {
  readonly number: number;
  readonly attempt: number;
  /** Place on the axis: step, or milliseconds since the attempt began. */
  readonly places: Float64Array;
  /** NaN: the report is NaN, or lacks the metric. */
  readonly values: Float64Array;
}

export interface CurvesWanted {
  readonly axis: 'step' | 'time';
  /** Null: the reported value. */
  readonly metric: string | null;
}

/** Reads the curves of some trials, by number; those without a report have none. */
export async function readChartCurves(
  db: Db,
  study: StudyId,
  numbers: readonly number[],
  { axis, metric }: CurvesWanted,
): Promise<readonly ChartCurve[]> {
  const place =
    axis === 'step' ? sql`reports.step::float8` : sql`floor(extract(epoch from reports.reported_at - attempts.started_at) * 1000)::float8`;
  const value =
    metric === null
      ? sql`reports.value`
      : sql`coalesce(reports.metric_values[array_position(reports.metric_names, ${metric}::text)], 'NaN'::float8)`;
  const { rows } = await db.execute<CurveRow>(sql`
    select trials.number, trials.attempt,
      string_agg(float8send(${place}), ''::bytea order by reports.step) as places,
      string_agg(float8send(${value}), ''::bytea order by reports.step) as values
    from trials
      join attempts on attempts.trial_id = trials.id and attempts.attempt = trials.attempt
      join reports on reports.trial_id = trials.id and reports.attempt = trials.attempt
    where trials.study_id = ${study} and trials.number = any(${sql.param(numbers)}::int[])
    group by trials.number, trials.attempt order by trials.number`);
  return rows.map(({ number, attempt, places, values }) => ({
    number,
    attempt,
    places: doublesOf(places),
    values: doublesOf(values),
  }));
}

interface CurveRow extends Record<string, unknown> {
  readonly number: number;
  readonly attempt: number;
  readonly places: Buffer;
  readonly values: Buffer;
}
