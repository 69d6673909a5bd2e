import { type SQL, sql } from 'drizzle-orm';

/**
 * Experiments as clients see them: every study, and before its first run the one named Default, whose id is 0. Experiments of MLflow's clients
 * carry the name that they gave.
 */
export const experimentRows: SQL = sql`(
    select studies.id as study_id, case when named.name = 'Default' then '0' else studies.id::text end as id, coalesce(named.name, studies.name) as name,
      studies.foreign_kind = 'mlflow' as tracked, tracked_experiments.artifact_location, tracked_experiments.deleted_at, studies.created_at, studies.updated_at
    from studies left join foreign_names as named on named.study_id = studies.id and named.kind = 'mlflow'
      left join tracked_experiments on tracked_experiments.study_id = studies.id
    union all
    select null, '0', 'Default', true, null, null, 'epoch', 'epoch' where not exists (select from foreign_names where kind = 'mlflow' and name = 'Default')
  )`;

const ms = (time: SQL): SQL => sql`floor(extract(epoch from ${time}) * 1000)::bigint`;

/** An experiment in MLflow's JSON, from a row of {@link experimentRows} named `experiment`. */
export const experimentJson: SQL = sql`json_build_object(
    'experiment_id', experiment.id, 'name', experiment.name, 'artifact_location', coalesce(experiment.artifact_location, 'mlflow-artifacts:/' || experiment.id),
    'lifecycle_stage', case when experiment.deleted_at is null then 'active' else 'deleted' end,
    'creation_time', ${ms(sql`experiment.created_at`)}, 'last_update_time', ${ms(sql`experiment.updated_at`)},
    'tags', (select coalesce(json_agg(json_build_object('key', key, 'value', value) order by key), '[]') from foreign_attributes
      where study_id = experiment.study_id and trial_id is null and space = 'tag'))`;

/**
 * Runs as clients see them: every trial. A trial of our own has an id made of its key, and its newest report or value as the metric `objective`.
 */
export const runRows: SQL = sql`(
    select trials.id as trial_id, trials.study_id, trials.foreign_kind = 'mlflow' as tracked, trials.number, trials.state,
      coalesce(replace(tracked_runs.run_id::text, '-', ''), lpad(to_hex(trials.id), 32, '0')) as run_id,
      coalesce(tracked_runs.user_id, '') as user_id,
      coalesce(tracked_runs.start_ms, ${ms(sql`coalesce(trials.started_at, trials.queued_at)`)}) as start_time,
      coalesce(tracked_runs.end_ms, ${ms(sql`trials.finished_at`)}) as end_time,
      case trials.state::text when 'complete' then 'FINISHED' when 'pruned' then 'FINISHED' when 'failed' then 'FAILED' when 'cancelled' then 'KILLED'
        when 'running' then 'RUNNING' else 'SCHEDULED' end as status,
      tracked_runs.deleted_at, trials.params, trials.value, trials.last_value, trials.last_step, trials.metric_names, trials.metric_values,
      tracked_runs.inputs, tracked_runs.outputs, trials.finished_at
    from trials left join tracked_runs on tracked_runs.trial_id = trials.id
  )`;

const nativeName = sql`(select name from studies where id = run.study_id) || '#' || run.number`;

/** Expressions over a row of {@link runRows} named `run`. */
export const runName: SQL = sql`case when run.tracked
    then coalesce((select value from foreign_attributes where trial_id = run.trial_id and space = 'tag' and key = 'mlflow.runName'), '') else ${nativeName} end`;

/** Id that clients know the run's experiment by. */
export const experimentOfRun: SQL = sql`case when exists (select from foreign_names where kind = 'mlflow' and name = 'Default' and study_id = run.study_id)
    then '0' else run.study_id::text end`;

export const artifactUri: SQL = sql`coalesce((select artifact_location from tracked_experiments where study_id = run.study_id), 'mlflow-artifacts:/' || ${experimentOfRun})
    || '/' || run.run_id || '/artifacts'`;

export const runInfo: SQL = sql`json_strip_nulls(json_build_object(
    'run_uuid', run.run_id, 'run_id', run.run_id, 'experiment_id', ${experimentOfRun}, 'run_name', ${runName}, 'user_id', run.user_id, 'status', run.status,
    'start_time', run.start_time, 'end_time', run.end_time, 'artifact_uri', ${artifactUri},
    'lifecycle_stage', case when run.deleted_at is null then 'active' else 'deleted' end))`;

/** A point in MLflow's JSON; PostgreSQL writes NaN and the infinities as the texts that MLflow has for them. */
export const pointJson: SQL = sql`json_build_object('key', key, 'value', value, 'timestamp', ${ms(sql`at`)}, 'step', step)`;

const nativePoint = (key: unknown, value: unknown): SQL => sql`json_build_object('key', ${key}::text, 'value', ${value}::float8,
    'timestamp', coalesce(run.end_time, run.start_time), 'step', coalesce(run.last_step, 0))`;

const metrics = sql`case when run.tracked
    then (select coalesce(json_agg(${pointJson} order by key), '[]') from metric_latest where trial_id = run.trial_id)
    else (select coalesce(json_agg(point), '[]') from (
      select ${nativePoint(sql`'objective'`, sql`coalesce(run.value, run.last_value)`)} as point where coalesce(run.value, run.last_value) is not null
      union all select ${nativePoint(sql`metric`, sql`figure`)} from unnest(run.metric_names, run.metric_values) as named (metric, figure)) as points) end`;

const attributes = (
  space: 'param' | 'tag',
): SQL => sql`(select coalesce(json_agg(json_build_object('key', key, 'value', value) order by key), '[]')
    from foreign_attributes where trial_id = run.trial_id and space = ${sql.raw(`'${space}'`)})`;

const params = sql`case when run.tracked then ${attributes('param')}
    else (select coalesce(json_agg(json_build_object('key', name, 'value', given)), '[]') from json_each_text(run.params) as chosen (name, given)) end`;

const tags = sql`case when run.tracked then ${attributes('tag')}
    else json_build_array(json_build_object('key', 'mlflow.runName', 'value', ${nativeName})) end`;

/** A run in MLflow's JSON, from a row of {@link runRows} named `run`. */
export const runJson: SQL = sql`json_build_object('info', ${runInfo}, 'data', json_build_object('metrics', ${metrics}, 'params', ${params}, 'tags', ${tags}),
    'inputs', json_build_object('dataset_inputs', coalesce(run.inputs, '[]')), 'outputs', json_build_object('model_outputs', coalesce(run.outputs, '[]')))`;
