import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { type RunRow, refusalOf } from './held-run.ts';

/** A point of a metric. */
export interface Point {
  readonly key: string;
  readonly step: bigint;
  readonly timeMs: number;
  readonly value: number;
}

/**
 * Points of several runs in one statement: new ones are added, and of each metric the latest is kept. Rows are written in one order, so that
 * two statements do not wait for each other.
 */
const write = prepared<RunRow & { readonly asked: string }, 'runs' | 'asked' | 'keys' | 'steps' | 'times' | 'values'>(
  'mlflow_points',
  (value) => sql`
    with held as (
      select asked, trial_id, foreign_kind, deleted_at is not null as deleted from unnest(${value('asked')}::uuid[]) as wanted (asked)
        join tracked_runs on run_id = asked join trials on trials.id = trial_id
    ), points as materialized (
      select distinct trial_id, key, step, timestamptz 'epoch' + ms * interval '1 millisecond' as at, value
      from unnest(${value('runs')}::uuid[], ${value('keys')}::text[], ${value('steps')}::bigint[], ${value('times')}::float8[], ${value('values')}::float8[])
        as given (run, key, step, ms, value) join held on asked = run where not deleted
    ), added as (
      insert into metric_points (trial_id, key, step, at, value) select * from points order by 1, 2, 3, 4, 5 on conflict do nothing
    ), latest as (
      insert into metric_latest (trial_id, key, step, at, value)
      select distinct on (trial_id, key) * from points order by trial_id, key, step desc, at desc, value desc
      on conflict (trial_id, key) do update set step = excluded.step, at = excluded.at, value = excluded.value
        where (excluded.step, excluded.at, excluded.value) > (metric_latest.step, metric_latest.at, metric_latest.value)
    )
    select asked, trial_id, foreign_kind, deleted from held`,
);

interface Waiting {
  readonly run: string;
  readonly points: readonly Point[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Most points of a statement; a single batch may have more. */
const mostPoints = 4000;

export interface MetricWriter {
  /** Adds points, on disk when it resolves. @throws MlflowFault for a run that is not there, deleted or not a client's of MLflow */
  readonly write: (run: string, points: readonly Point[]) => Promise<void>;
}

/**
 * Writes points with one statement at a time: what arrives meanwhile shares the next one, and with it one flush of the log. A program that
 * logs single values from several threads is several times faster so.
 */
export function createMetricWriter(db: Db): MetricWriter {
  let waiting: Waiting[] = [];
  let busy = false;

  const next = (): Waiting[] => {
    let n = 0;
    let points = 0;
    while (n < waiting.length && (n === 0 || points + waiting[n]!.points.length <= mostPoints)) {
      points += waiting[n]!.points.length;
      n += 1;
    }
    const taken = waiting.slice(0, n);
    waiting = waiting.slice(n);
    return taken;
  };

  const work = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      const taken = next();
      try {
        const found = await writePoints(db, taken);
        for (const { run, resolve, reject } of taken) {
          const refused = refusalOf(run, found.get(run));
          if (refused === null) resolve();
          else reject(refused);
        }
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    busy = false;
  };

  return {
    write: (run, points) =>
      new Promise((resolve, reject) => {
        waiting.push({ run, points, resolve, reject });
        if (!busy) void work();
      }),
  };
}

/** @returns the rows of the runs that are there */
export async function writePoints(db: Db, batches: readonly Pick<Waiting, 'run' | 'points'>[]): Promise<ReadonlyMap<string, RunRow>> {
  const all = batches.flatMap(({ run, points }) => points.map((point) => ({ run, ...point })));
  const { rows } = await write(db, {
    asked: [...new Set(batches.map(({ run }) => run))],
    runs: all.map(({ run }) => run),
    keys: all.map(({ key }) => key),
    steps: all.map(({ step }) => String(step)),
    times: all.map(({ timeMs }) => timeMs),
    values: all.map(({ value }) => value + 0),
  });
  return new Map(rows.map((row) => [row.asked.replaceAll('-', ''), row]));
}
