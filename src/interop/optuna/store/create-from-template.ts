import { sql } from 'drizzle-orm';
import type { Goal } from '../../../search/trial/history.ts';
import type { Db } from '../../../storage/database.ts';
import { parseDistribution, shownName, shownValue } from '../distribution.ts';
import { invalid } from '../fault.ts';
import { checkKey, checkStorable, checkText } from '../text.ts';
import type { WireTrial } from '../wire.ts';
import { nextNumber, refusal } from './create-trial.ts';
import { declare } from './declare.ts';
import { foreignLease, waitingWorker } from './held.ts';
import { checkValues, columnsOf, lastReportOf, wireState } from './outcome.ts';

/** As the client writes times, which have no zone: years 0001 to 9999. */
const time = /^(?!0000)\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{1,6}$/;

/** Creates a trial in any state, with all that a template says but its number and id. @returns its id */
export async function createFromTemplate(db: Db, study: string, template: WireTrial, worker: string): Promise<number> {
  const parameters = parametersOf(template);
  const curve = curveOf(template);
  const state = wireState(template.state);
  checkValues(template.values);
  const [started, finished] = [timeOf(template.datetime_start), timeOf(template.datetime_complete)];
  const attributes = (['user', 'system'] as const).flatMap((space) =>
    Object.entries(template[`${space}_attributes`]).map(([key, value]) => ({ space, key, value })),
  );
  for (const { key, value } of attributes) checkKey(key, value);
  return db.transaction(async (tx) => {
    const { rows } = await tx.execute<{ id: number; objectives: readonly Goal[] | null }>(sql`
      select id, objectives from studies where id = ${study}::bigint and foreign_kind = 'optuna' for no key update`);
    const locked = rows[0];
    if (locked === undefined) throw await refusal(tx, study);
    await declare(
      tx,
      locked.id,
      parameters.map(({ name, text }) => ({ name, text })),
    );
    const runs = state === 'RUNNING';
    const waits = state === 'WAITING';
    const lastPoint = waits ? null : (curve.at(-1) ?? null);
    const lastStep = lastPoint === null ? null : Math.min(Number(lastPoint.step), Number.MAX_SAFE_INTEGER);
    const ended =
      runs || waits
        ? { state: runs ? 'running' : 'queued', values: template.values.length === 0 ? null : template.values }
        : columnsOf({
            state,
            values: template.values,
            user: template.user_attributes,
            system: template.system_attributes,
            lastStep,
            objectives: locked.objectives?.length ?? 1,
          });
    const column = {
      value: null,
      constraints: null,
      metricNames: null,
      metricValues: null,
      atStep: null,
      reason: null,
      error: null,
      ...ended,
    };
    const shown = Object.fromEntries(parameters.map(({ name, value }) => [shownName(name), value]));
    const last = lastReportOf({
      step: sql`${lastStep}`,
      value: sql`${lastPoint?.value ?? null}`,
      state: ended.state,
      values: sql.param(ended.values),
    });
    const hasAttempt = !waits || started !== null || curve.length > 0;
    const attemptWorker = waits && started === null ? waitingWorker : worker;
    const begun = sql`coalesce(${started}::timestamp at time zone 'UTC', clock_timestamp())`;
    const over = sql`coalesce(${finished}::timestamp at time zone 'UTC', clock_timestamp())`;
    const created = await tx.execute<{ id: number }>(sql`
      with ${nextNumber(study)}, created as (
        insert into trials (study_id, number, state, params, seed, revision, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at,
          last_step, last_value, finished_at, value, objective_values, constraints, metric_names, metric_values, at_step, reason, error)
        select id, number, ${ended.state}::text::trial_state, ${JSON.stringify(shown)}::json, 0, revision, ${waits ? 0 : 1}::int,
          ${waits ? null : worker}::text, ${waits ? sql`null` : begun}, ${runs ? foreignLease : sql`null, null, null`},
          ${last.step}, ${last.value}, ${runs || waits ? sql`null` : over}, ${column.value}::float8, ${sql.param(column.values)}::float8[],
          ${sql.param(column.constraints)}::float8[], ${sql.param(column.metricNames)}::text[], ${sql.param(column.metricValues)}::float8[],
          ${column.atStep}::bigint, ${column.reason}::text, ${column.error}::text::json
        from study returning id, study_id, lease_token, finished_at
      ), begun as (
        insert into attempts (trial_id, attempt, token, worker, started_at, ended_at, ending)
        select id, 1, coalesce(lease_token, gen_random_uuid()), ${attemptWorker}::text, ${begun}, finished_at,
          ${runs || waits ? null : ended.state}::text::attempt_ending from created where ${hasAttempt}
      ), curve as (
        insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
        select id, 1, step, value, '{}', '{}' from created,
          unnest(${sql.param(curve.map(({ step }) => step))}::bigint[], ${sql.param(curve.map(({ value }) => value))}::float8[]) as points (step, value)
      ), attributes as (
        insert into foreign_attributes (study_id, trial_id, space, key, value)
        select study_id, id, space, key, value from created, unnest(${sql.param(attributes.map(({ space }) => space))}::text[],
          ${sql.param(attributes.map(({ key }) => key))}::text[], ${sql.param(attributes.map(({ value }) => value))}::text[]) as given (space, key, value)
      ), distributions as (
        insert into trial_distributions (trial_id, position, name, distribution, internal)
        select id, position - 1, name, distribution, internal from created, unnest(${sql.param(parameters.map(({ name }) => name))}::text[],
          ${sql.param(parameters.map(({ text }) => text))}::text[], ${sql.param(parameters.map(({ internal }) => internal))}::float8[])
          with ordinality as given (name, distribution, internal, position)
      )
      select id from created`);
    const id = created.rows[0]?.id;
    if (id === undefined) throw await refusal(tx, study);
    return id;
  });
}

function parametersOf({ params, distributions }: WireTrial) {
  return Object.entries(params).map(([name, internal]) => {
    const text = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
    if (text === undefined) throw invalid(`parameter ${JSON.stringify(name)} has no distribution`);
    checkText('the name of a parameter', name);
    checkStorable('a distribution', text);
    return { name, internal, text, value: shownValue(parseDistribution(text), internal) };
  });
}

/** Points in the order of their steps, which may be beyond what a number tells apart. */
function curveOf({ intermediate_values: values }: WireTrial) {
  return Object.entries(values)
    .map(([step, value]) => {
      if (step.startsWith('-')) throw invalid(`step ${step} is below 0`);
      return { step, value };
    })
    .toSorted((a, b) => a.step.length - b.step.length || (a.step < b.step ? -1 : 1));
}

function timeOf(text: string): string | null {
  if (text === '') return null;
  if (!time.test(text) || Number.isNaN(Date.parse(`${text.replace(' ', 'T').slice(0, 23)}Z`)))
    throw invalid(`${JSON.stringify(text)} is no time`);
  return text;
}
