import { sql } from 'drizzle-orm';
import type { TrialAddress } from '../../core/address.ts';
import type { Db } from '../database.ts';
import { metricsFromColumns } from '../sql/metrics.ts';
import { findTrial } from './find.ts';
import { finite, finiteAll, type JsonNumbers, type NonFiniteFlag, nonFiniteFlag, prefixed } from './finite.ts';

/** `nonFinite` names numbers as those of a trial are: `value` and `metrics.<name>`. */
export interface ReportItem extends NonFiniteFlag {
  readonly attempt: number;
  readonly step: number;
  readonly value: number | null;
  readonly metrics: JsonNumbers;
}

export interface Reports {
  /** Sorted by attempt and step. */
  readonly items: readonly ReportItem[];
  /** Number of reports stored; `items` may have fewer. */
  readonly total: number;
}

/**
 * Reads the curves of a trial, thinned evenly to at most `maxPoints` per attempt, with the first and last report of each.
 * @throws AssayError `not_found`
 */
export async function readReports(db: Db, address: string | TrialAddress, maxPoints = 500): Promise<Reports> {
  const { trial } = await findTrial(db, address);
  return reportsOf(db, trial.id, maxPoints);
}

export async function reportsOf(db: Db, trialId: number, maxPoints: number): Promise<Reports> {
  const gaps = Math.max(1, Math.floor(maxPoints) - 1);
  const { rows } = await db.execute<ReportRow>(sql`
    with placed as (
      select *, row_number() over (partition by attempt order by step) - 1 as place, count(*) over (partition by attempt) as length, count(*) over () as total
      from reports where trial_id = ${trialId}
    )
    select attempt, step::float8 as step, value, metric_names, metric_values, total from placed
    -- A report stays when it is the first of its stretch; there are as many stretches as gaps between the points.
    where place = 0 or place = length - 1 or place * ${gaps}::int / greatest(length - 1, 1) > (place - 1) * ${gaps}::int / greatest(length - 1, 1)
    order by attempt, step`);
  return {
    total: Number(rows[0]?.total ?? 0),
    items: rows.map(({ attempt, step, value, metric_names, metric_values }) => {
      const metrics = metricsFromColumns(metric_names, metric_values);
      return {
        attempt,
        step,
        value: finite(value),
        metrics: finiteAll(metrics),
        ...nonFiniteFlag({ value, ...prefixed('metrics', metrics) }),
      };
    }),
  };
}

interface ReportRow extends Record<string, unknown> {
  readonly attempt: number;
  readonly step: number;
  readonly value: number;
  readonly metric_names: readonly string[];
  readonly metric_values: readonly number[];
  readonly total: string | number;
}
