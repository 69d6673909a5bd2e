/** The tables of a database of Optuna 5 (schema 12), as SQLite has them; columns are those of the recorded database. */

const attributes = (owner: 'study' | 'trial', space: 'user' | 'system'): string => `
  create table ${owner}_${space}_attributes (
    ${owner}_${space}_attribute_id integer not null primary key, ${owner}_id integer references ${owner === 'study' ? 'studies' : 'trials'} (${owner}_id),
    "key" varchar(512), value_json text, unique (${owner}_id, "key"));`;

export const tables = `
  create table studies (study_id integer not null primary key, study_name varchar(512) not null);
  create unique index ix_studies_study_name on studies (study_name);
  create table version_info (
    version_info_id integer not null primary key check (version_info_id = 1), schema_version integer, library_version varchar(256));
  create table study_directions (
    study_direction_id integer not null primary key, direction varchar(8) not null, study_id integer not null references studies (study_id),
    objective integer not null, unique (study_id, objective));
  create table trials (
    trial_id integer not null primary key, number integer, study_id integer references studies (study_id), state varchar(8) not null,
    datetime_start datetime, datetime_complete datetime);
  create index ix_trials_study_id on trials (study_id);
  create table trial_params (
    param_id integer not null primary key, trial_id integer references trials (trial_id), param_name varchar(512), param_value float,
    distribution_json text, unique (trial_id, param_name));
  create table trial_values (
    trial_value_id integer not null primary key, trial_id integer not null references trials (trial_id), objective integer not null,
    value float, value_type varchar(7) not null, unique (trial_id, objective));
  create table trial_intermediate_values (
    trial_intermediate_value_id integer not null primary key, trial_id integer not null references trials (trial_id), step integer not null,
    intermediate_value float, intermediate_value_type varchar(7) not null, unique (trial_id, step));
  create table trial_heartbeats (
    trial_heartbeat_id integer not null primary key, trial_id integer not null unique references trials (trial_id), heartbeat datetime not null);
  create table alembic_version (version_num varchar(32) not null primary key);
  ${(['study', 'trial'] as const).flatMap((owner) => [attributes(owner, 'user'), attributes(owner, 'system')]).join('')}
  insert into version_info values (1, 12, '5.0.0');
  insert into alembic_version values ('v3.2.0.a');`;
