import { sql } from 'drizzle-orm';
import { isTime } from '../../core/time.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import type { Db } from '../database.ts';
import type { LookKind } from '../schema/looks.ts';
import { sameDays } from './data-days.ts';

/** Test days of a data set. */
export type Days = Pick<FoldWindow, 'testStart' | 'testEnd'>;

export interface Look {
  readonly kind: LookKind;
  /** Key of the validation whose folds are looked at. */
  readonly validation: number;
  /** Numbers of the study's trials. */
  readonly trials: readonly number[];
  /** Contents of data that are looked at (default: those of the validation's definition). */
  readonly data?: readonly string[];
}

/**
 * Records that models are about to be judged on the test days of a validation: each model (parameters, source, data, settings of an arm)
 * once for each data set and fold. Called before any result is known; a look that was not followed by a result stays a look. The study's
 * seed, which all seeds of its validations follow from, is part of a model: in a study with another one it is trained anew, and the
 * evidence of one study holds no seed of the other.
 */
export async function recordLooks(db: Db, { kind, validation, trials, data }: Look): Promise<void> {
  await db.execute(sql`
    insert into looks (data_hash, test_start, test_end, model_hash, kind, study, number)
    select read.hash, folds.test_start, folds.test_end, coalesce(model.hash || ' ' || studies.seed, 'unknown ' || trials.id),
      ${kind}, studies.name, trials.number
    from validations
      join studies on studies.id = validations.study_id
      join validation_folds as folds on folds.validation_id = validations.id
      join trials on trials.study_id = studies.id and trials.number = any(${sql.param(trials)}::int[])
      cross join lateral (select array(select one ->> 'hash' from json_array_elements(definition -> 'data') as one) as hashes) as data
      cross join lateral (select distinct hash from unnest(coalesce(${sql.param(data ?? null)}::text[], data.hashes)) as hash) as read
      cross join lateral (select model_hash(trials.params, definition ->> 'source', data.hashes, definition -> 'arm') as hash) as model
    where validations.id = ${validation}
      -- This study looked before the seed was written down: the same look again.
      and not exists (select from looks as before where before.data_hash = read.hash and before.test_start = folds.test_start
        and before.test_end = folds.test_end and before.model_hash = model.hash and before.kind = ${kind} and before.study = studies.name)
    order by read.hash, folds.test_start, trials.number
    on conflict do nothing`);
}

/**
 * Number of looks at these days: of every day that is asked for, the distinct models that were judged on it, over all studies, removed ones
 * and ablations included, on any of these contents of data, or on another one that has the same bars on a day that is asked for: data that
 * grow by a day begin with the looks at the days that they had. The day with the most of them counts. NaN where no data are named,
 * and where a range has an end that is no time.
 */
export async function countLooks(db: Db, dataHashes: readonly string[], days: readonly Days[]): Promise<number> {
  if (dataHashes.length === 0 || days.length === 0) return Number.NaN;
  if (!days.every(({ testStart, testEnd }) => isTime(testStart) && isTime(testEnd))) return Number.NaN;
  const times = (of: (window: Days) => number) =>
    sql`${sql.param(days.map((window) => new Date(of(window)).toISOString()))}::timestamptz[]`;
  const own = sql`any(${sql.param(dataHashes)}::text[])`;
  // Windows are few where looks are many, so they alone are read, each by one step in the index, and compared by bars. A model's looks at a day
  // count once; the day with the most is found by the ends of the models' spans, in time order.
  const { rows } = await db.execute<{ looks: number }>(sql`
    with recursive asked as (select distinct starts, ends from unnest(${times(({ testStart }) => testStart)}, ${times(({ testEnd }) => testEnd)}) as asked (starts, ends)
      where starts < ends),
    same_days as materialized (${sameDays(dataHashes, sql`exists (select from asked where own.starts_at >= starts and own.starts_at < ends)`)}),
    contents as materialized (select data_hash from same_days union select unnest(${sql.param(dataHashes)}::text[])),
    windows as (
      select first.* from contents cross join lateral (select data_hash, test_start, test_end from looks
        where looks.data_hash = contents.data_hash order by test_start, test_end limit 1) as first
      union all
      select next.* from windows cross join lateral (select data_hash, test_start, test_end from looks
        where looks.data_hash = windows.data_hash and (looks.test_start, looks.test_end) > (windows.test_start, windows.test_end)
        order by test_start, test_end limit 1) as next
    ),
    asked_windows as materialized (
      select data_hash, test_start, test_end, greatest(test_start, starts) as starts, least(test_end, ends) as ends
      from windows join asked on test_start < ends and test_end > starts
    ),
    seen as materialized (
      select * from asked_windows where data_hash = ${own}
      union select asked_windows.* from asked_windows join same_days using (data_hash) where starts_at >= starts and starts_at < ends
    ),
    spans as (
      select unnest(range_agg(tstzrange(starts, ends))) as span from seen join looks using (data_hash, test_start, test_end)
      group by model_hash collate "C"
    ),
    edges as (select lower(span) as at, 1 as step from spans union all select upper(span), -1 from spans),
    counted as (select sum(sum(step)) over (order by at) as looks from edges group by at)
    select coalesce(max(looks), 0)::int as looks from counted`);
  return rows[0]?.looks ?? Number.NaN;
}

/** Counts as {@link countLooks} does, the same days of the same data once: for one answer, in which nothing may differ. */
export function looksCounter(db: Db): (dataHashes: readonly string[], days: readonly Days[]) => Promise<number> {
  const counted = new Map<string, Promise<number>>();
  return (dataHashes, days) => {
    const key = JSON.stringify([[...new Set(dataHashes)].sort(), days.map(({ testStart, testEnd }) => [testStart, testEnd])]);
    const looks = counted.get(key) ?? countLooks(db, dataHashes, days);
    counted.set(key, looks);
    return looks;
  };
}

/** Number of looks at the test days of a study's validations, over all studies (null: it was never validated). */
export async function countStudyLooks(db: Db, study: number): Promise<number | null> {
  const { rows } = await db.execute<{ hash: string; starts: string; ends: string }>(sql`
    select distinct one ->> 'hash' as hash, extract(epoch from test_start) * 1000 as starts, extract(epoch from test_end) * 1000 as ends
    from validations join validation_folds on validation_id = validations.id, json_array_elements(definition -> 'data') as one
    where study_id = ${study}`);
  if (rows.length === 0) return null;
  const days = rows.map(({ starts, ends }) => ({ testStart: Number(starts), testEnd: Number(ends) }));
  return countLooks(db, [...new Set(rows.map(({ hash }) => hash))], days);
}
