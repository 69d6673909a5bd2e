import { type SQL, sql } from 'drizzle-orm';
import type { Metrics } from '../../search/trial/trial.ts';

/** Metrics are stored as two arrays, names and float8 values: JSON would turn NaN and Infinity into null. */
export function metricNames(metrics: Metrics): SQL {
  return sql`${sql.param(Object.keys(metrics))}::text[]`;
}

export function metricValues(metrics: Metrics): SQL {
  return sql`${sql.param(Object.values(metrics))}::float8[]`;
}

export function metricsFromColumns(names: readonly string[] | null, values: readonly number[] | null): Metrics {
  return Object.fromEntries((names ?? []).map((name, i) => [name, values?.[i] ?? Number.NaN]));
}
