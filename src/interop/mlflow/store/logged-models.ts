import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { invalid, missing } from '../fault.ts';
import { tokenOf } from '../fields.ts';
import { openExperiment } from './experiments.ts';
import type { Attribute } from './write-attributes.ts';

export const modelStatuses = ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED'] as const;

interface NewModel {
  readonly experiment: string;
  readonly name: string;
  readonly modelType: string;
  readonly sourceRun: string;
  readonly tags: readonly Attribute[];
  readonly params: readonly Attribute[];
}

const byKey = (attributes: readonly Attribute[]): string =>
  JSON.stringify(Object.fromEntries(attributes.map(({ key, value }) => [key, value])));

const experimentId = sql`case when exists (select from foreign_names where kind = 'mlflow' and name = 'Default' and study_id = tracked_models.study_id)
    then '0' else study_id::text end`;

const ms = (column: string): SQL => sql`floor(extract(epoch from ${sql.identifier(column)}) * 1000)::bigint`;

const listed = (column: string): SQL =>
  sql`(select coalesce(json_agg(json_build_object('key', key, 'value', value)), '[]') from json_each_text(${sql.identifier(column)}))`;

/** A logged model in MLflow's JSON, from a row of `tracked_models`. */
const modelJson = sql`json_build_object('info', json_build_object('model_id', id, 'experiment_id', ${experimentId}, 'name', name,
    'creation_timestamp_ms', ${ms('created_at')}, 'last_updated_timestamp_ms', ${ms('updated_at')},
    'artifact_uri', 'mlflow-artifacts:/' || ${experimentId} || '/models/' || id || '/artifacts', 'status', status, 'model_type', model_type,
    'source_run_id', source_run_id, 'tags', ${listed('tags')}), 'data', json_build_object('params', ${listed('params')}))`;

/** @returns the model as MLflow's JSON @throws MlflowFault */
export async function createModel(db: Db, { experiment: id, name, modelType, sourceRun, tags, params }: NewModel): Promise<string> {
  const { study, deleted } = await openExperiment(db, id);
  if (deleted) throw invalid(`experiment ${id} is deleted; restore it before models are logged in it`);
  const model = `m-${randomUUID().replaceAll('-', '')}`;
  const { rows } = await db.execute<{ text: string }>(sql`
    insert into tracked_models (id, study_id, source_run_id, name, model_type, status, tags, params)
    values (${model}, ${study}, ${sourceRun}, ${name}, ${modelType}, 'LOGGED_MODEL_PENDING', ${byKey(tags)}::json, ${byKey(params)}::json)
    returning ${modelJson}::text as text`);
  return rows[0]!.text;
}

/** @throws MlflowFault */
export async function modelText(db: Db, model: string): Promise<string> {
  return one(
    model,
    await db.execute<{ text: string }>(
      sql`select ${modelJson}::text as text from tracked_models where id = ${model} and deleted_at is null`,
    ),
  );
}

function one(model: string, { rows }: { readonly rows: readonly { readonly text: string }[] }): string {
  if (rows[0] === undefined) throw missing(`there is no logged model ${model.slice(0, 100)}`);
  return rows[0].text;
}

/** Assigns columns of a model; it counts as changed now. @throws MlflowFault */
async function change(db: Db, model: string, assignment: SQL): Promise<string> {
  return one(
    model,
    await db.execute<{ text: string }>(
      sql`update tracked_models set ${assignment}, updated_at = now() where id = ${model} and deleted_at is null returning ${modelJson}::text as text`,
    ),
  );
}

export const setModelStatus = (db: Db, model: string, status: (typeof modelStatuses)[number]): Promise<string> =>
  change(db, model, sql`status = ${status}`);

export const addModelTags = (db: Db, model: string, tags: readonly Attribute[]): Promise<string> =>
  change(db, model, sql`tags = (tags::jsonb || ${byKey(tags)}::jsonb)::json`);

export const addModelParams = (db: Db, model: string, params: readonly Attribute[]): Promise<string> =>
  change(db, model, sql`params = (params::jsonb || ${byKey(params)}::jsonb)::json`);

export const deleteModelTag = (db: Db, model: string, key: string): Promise<string> =>
  change(db, model, sql`tags = (tags::jsonb - ${key}::text)::json`);

export const deleteModel = (db: Db, model: string): Promise<string> => change(db, model, sql`deleted_at = now()`);

/** Models of experiments, the newest first; `name` restricts them to one name. */
export async function searchModels(
  db: Db,
  experiments: readonly string[],
  {
    name,
    sourceRun,
    limit,
    offset,
  }: { readonly name: string | undefined; readonly sourceRun: string | undefined; readonly limit: number; readonly offset: number },
): Promise<string> {
  const { rows } = await db.execute<{ text: string }>(sql`
    select ${modelJson}::text as text from tracked_models where deleted_at is null and ${experimentId} = any(${sql.param(experiments)}::text[])
      and ${name === undefined ? sql`true` : sql`name = ${name}`} and ${sourceRun === undefined ? sql`true` : sql`source_run_id = ${sourceRun}`}
    order by created_at desc, id limit ${limit + 1} offset ${offset}`);
  const next = rows.length > limit ? `,"next_page_token":"${tokenOf(offset + limit)}"` : '';
  return `{"models":[${rows
    .slice(0, limit)
    .map(({ text }) => text)
    .join(',')}]${next}}`;
}
