import { type SQL, sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { doublesOf } from './trial-columns.ts';

export interface CurvesWanted {
  /** Steps, or milliseconds since the attempt began. */
  readonly axis: 'step' | 'time';
  /** Null: the reported value. */
  readonly metric: string | null;
}

/** Reports of the newest attempt of a trial that its line keeps, in the order of their steps. */
export interface ChartLine {
  readonly number: number;
  readonly attempt: number;
  /** How many there are. */
  readonly reports: number;
  /** Place on the axis. */
  readonly places: Float64Array;
  /** NaN: the report is NaN, or lacks the metric. */
  readonly values: Float64Array;
}

/**
 * Reads the lines of some trials, by number, each of at most `most` points (4 at least): the first and the last report, and of each of equal
 * stretches of the others the lowest and the highest, of equal ones the first, so that no peak is lost. NaN is lower or higher than no number.
 * Trials without a report have none. The database thins the lines: a trial may have reported a million times.
 */
export async function readChartLines(
  db: Db,
  study: StudyId,
  numbers: readonly number[],
  wanted: CurvesWanted,
  most: number,
): Promise<readonly ChartLine[]> {
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const { rows } = await db.execute<LineRow>(sql`
    with ${reported(study, numbers, wanted)},
    counted as (
      select *, row_number() over (partition by number order by step) - 1 as i, count(*) over (partition by number) as n from reported
    ),
    -- Stretch k of S holds the inner reports from 1 + floor(k (n - 2) / S) on, up to the next one's.
    stretched as (
      select *, case when n > ${most}::int and i between 1 and n - 2 then (i * ${stretches}::int - 1) / (n - 2) end as stretch from counted
    ),
    ranked as (
      select *, row_number() over (partition by number, stretch order by value = 'NaN', value, i) as from_low,
        row_number() over (partition by number, stretch order by value = 'NaN', value desc, i) as from_high
      from stretched
    )
    select number, attempt, n, string_agg(float8send(place), ''::bytea order by i) as places, string_agg(float8send(value), ''::bytea order by i) as values
    from ranked where stretch is null or from_low = 1 or from_high = 1
    group by number, attempt, n order by number`);
  return rows.map(({ number, attempt, n, places, values }) => ({
    number,
    attempt,
    reports: Number(n),
    places: doublesOf(places),
    values: doublesOf(values),
  }));
}

/** Last values of trials by stretches of the axis. */
export interface ChartBand {
  /** Trials with a report. */
  readonly trials: number;
  /** Stretches with a value, in the order of the axis. */
  readonly steps: readonly {
    /** The largest place of a report in it. */
    readonly end: number;
    /** Of each trial that reaches it the last value, ascending. */
    readonly sorted: Float64Array;
  }[];
}

/**
 * Reads where some trials stood along the axis. Each distinct place is a stretch, or, of more than `most`, each of as many equal ones; a trial
 * counts with its last value in a stretch unless that is NaN. The database takes them together: at most one value a trial and stretch is read.
 */
export async function readChartBand(
  db: Db,
  study: StudyId,
  numbers: readonly number[],
  wanted: CurvesWanted,
  most: number,
): Promise<ChartBand> {
  const { rows } = await db.execute<BandRow>(sql`
    with ${reported(study, numbers, wanted)},
    extent as (
      select min(place) as low, max(place) as high, count(distinct number) as trials,
        (select count(*) from (select distinct place from reported limit ${most}::int + 1) as found) as places
      from reported
    ),
    binned as (
      select number, step, place, value,
        case when places > ${most}::int then least(${most}::int - 1, floor((place - low) / (high - low) * ${most}::int)) else place end as bin
      from reported, extent
    ),
    ends as (select bin, max(place) as upto from binned group by bin),
    lasts as (select distinct on (number, bin) bin, value from binned order by number, bin, step desc)
    select trials, upto, string_agg(float8send(value), ''::bytea order by value) filter (where value <> 'NaN') as values
    from extent left join (ends join lasts using (bin)) on true
    group by trials, bin, upto order by bin`);
  return {
    trials: Number(rows[0]?.trials ?? 0),
    steps: rows.flatMap(({ upto, values }) => (upto === null || values === null ? [] : [{ end: upto, sorted: doublesOf(values) }])),
  };
}

/** A common table expression of the reports of the trials' newest attempts: `number attempt step place value`. */
function reported(study: StudyId, numbers: readonly number[], { axis, metric }: CurvesWanted): SQL {
  const place =
    axis === 'step' ? sql`reports.step::float8` : sql`floor(extract(epoch from reports.reported_at - attempts.started_at) * 1000)::float8`;
  const value =
    metric === null
      ? sql`reports.value`
      : sql`coalesce(reports.metric_values[array_position(reports.metric_names, ${metric}::text)], 'NaN'::float8)`;
  return sql`reported as materialized (
    select trials.number, trials.attempt, reports.step, ${place} as place, ${value} as value
    from trials
      join attempts on attempts.trial_id = trials.id and attempts.attempt = trials.attempt
      join reports on reports.trial_id = trials.id and reports.attempt = trials.attempt
    where trials.study_id = ${study} and trials.number = any(${sql.param(numbers)}::int[])
  )`;
}

interface LineRow extends Record<string, unknown> {
  readonly number: number;
  readonly attempt: number;
  readonly n: string;
  readonly places: Buffer;
  readonly values: Buffer;
}

interface BandRow extends Record<string, unknown> {
  readonly trials: string;
  readonly upto: number | null;
  readonly values: Buffer | null;
}
