import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { foreignLeaseIf } from './held.ts';
import { takeNumbers } from './take-numbers.ts';
import type { TemplateRows } from './template.ts';

/** Columns of {@link TemplateRows} as a recordset: `given (…)`. The first one says which trial a row belongs to. */
const columns = {
  trial: sql.raw(`(place int, state text, params text, worker text, attempt_worker text, began timestamp, over timestamp, last_step bigint,
    last_value float8, value float8, given_values float8[], constraints float8[], metric_names text[], metric_values float8[], at_step bigint,
    reason text, error text)`),
  points: sql.raw('(place int, step bigint, value float8)'),
  attributes: sql.raw('(place int, space text, key text, value text)'),
  distributions: sql.raw('(place int, position int, name text, distribution text, internal float8)'),
};

/** One kind of rows of several trials, as a table expression. */
export function rowsOf(kind: keyof typeof columns, trials: readonly TemplateRows[]): SQL {
  const rows: readonly object[] = trials.flatMap((trial, place): readonly object[] =>
    kind === 'trial' ? [{ place, ...trial.trial }] : trial[kind].map((row: object, position) => ({ place, position, ...row })),
  );
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) as given ${columns[kind]}`;
}

/** When a trial began and ended, by what the template says, else by the database's clock. */
export const began = sql.raw(`coalesce(given.began at time zone 'UTC', clock_timestamp())`);
export const over = sql.raw(`coalesce(given.over at time zone 'UTC', clock_timestamp())`);

/** Columns of an ended trial that are written as given. */
export const endedColumns = sql.raw('value, objective_values, constraints, metric_names, metric_values, at_step, reason, error');
export const endedValues =
  sql.raw(`given.value, given.given_values, given.constraints, given.metric_names, given.metric_values, given.at_step,
  given.reason, given.error::json`);

/**
 * Creates trials in any state, in their order, in one statement. The study's row is locked by the caller and stays so until the commit, and
 * ids are drawn behind it, so those of a study become visible in their order.
 * @returns their ids in their order; none if the study takes no trials
 */
export async function insertTrials(tx: Db, study: number, trials: readonly TemplateRows[]): Promise<readonly number[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    with study as (${takeNumbers(study, trials.length)}), created as (
      insert into trials (study_id, number, state, params, seed, revision, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at,
        last_step, last_value, finished_at, ${endedColumns})
      select id, study.number + place, given.state::trial_state, given.params::json, 0, revision, case when given.state = 'queued' then 0 else 1 end,
        case when given.state <> 'queued' then given.worker end, case when given.state <> 'queued' then ${began} end, ${foreignLeaseIf(sql.raw(`given.state = 'running'`))},
        given.last_step, given.last_value, case when given.state not in ('queued', 'running') then ${over} end, ${endedValues}
      from study, ${rowsOf('trial', trials)} order by place
      returning id, study_id, number - (select number from study) as place, state, lease_token, started_at, finished_at
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at, ended_at, ending)
      select id, 1, coalesce(lease_token, gen_random_uuid()), given.attempt_worker, coalesce(started_at, ${began}), finished_at,
        case when finished_at is not null then created.state::text::attempt_ending end
      from created join ${rowsOf('trial', trials)} using (place) where given.attempt_worker is not null
    ), curve as (
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
      select id, 1, step, value, '{}', '{}' from created join ${rowsOf('points', trials)} using (place)
    ), attributes as (
      insert into foreign_attributes (study_id, trial_id, space, key, value)
      select study_id, id, space, key, value from created join ${rowsOf('attributes', trials)} using (place)
    ), distributions as (
      insert into trial_distributions (trial_id, position, name, distribution, internal)
      select id, position, name, distribution, internal from created join ${rowsOf('distributions', trials)} using (place)
    )
    select id from created order by place`);
  return rows.map(({ id }) => id);
}
