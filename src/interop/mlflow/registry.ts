import { sql } from 'drizzle-orm';
import { parseTrialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { findVersion, listModels, type ModelDetail, showModel, type VersionItem } from '../../registry/models.ts';
import type { Db } from '../../storage/database.ts';
import { invalid, MlflowFault, missing } from './fault.ts';
import { parseFilter } from './filter/parse.ts';

/** Why no client of MLflow creates a version or moves an alias. */
export const promotionRefused = (): MlflowFault => new MlflowFault('PERMISSION_DENIED', 'promotion goes through the gates: assay promote');

/** What our registry does not have is missing for its clients, too. */
async function found<Result>(read: Promise<Result>): Promise<Result> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AssayError && (error.code === 'not_found' || error.code === 'usage')) throw missing(error.message);
    throw error;
  }
}

const time = (iso: string): number => Date.parse(iso);

export async function registeredModel(db: Db, name: string): Promise<object> {
  return { registered_model: await modelOf(db, await found(showModel(db, name))) };
}

async function modelOf(db: Db, { name, createdAt, aliases, versions }: ModelDetail): Promise<object> {
  return {
    name,
    creation_timestamp: time(createdAt),
    last_updated_timestamp: time(
      aliases
        .map(({ movedAt }) => movedAt)
        .toSorted()
        .at(-1) ??
        versions[0]?.createdAt ??
        createdAt,
    ),
    latest_versions: versions[0] === undefined ? [] : [await versionOf(db, name, versions[0])],
    aliases: aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
  };
}

/** A version of our registry: what made it is the run, its policy's hash the source. */
async function versionOf(db: Db, name: string, { version, trial, policyHash, aliases, createdAt }: VersionItem): Promise<object> {
  const { study, number } = parseTrialAddress(trial);
  const { rows } = await db.execute<{ run: string }>(sql`
    select lpad(to_hex(trials.id), 32, '0') as run from trials join studies on studies.id = study_id where studies.name = ${study} and number = ${number}`);
  return {
    name,
    version: String(version),
    creation_timestamp: time(createdAt),
    last_updated_timestamp: time(createdAt),
    current_stage: 'None',
    description: trial,
    source: `sha256:${policyHash}`,
    run_id: rows[0]?.run ?? '',
    status: 'READY',
    aliases,
  };
}

export async function versionByAlias(db: Db, name: string, alias: string): Promise<object> {
  return { model_version: await versionOf(db, name, await found(findVersion(db, { model: name, at: alias }))) };
}

export async function versionByNumber(db: Db, name: string, version: string): Promise<object> {
  if (!/^\d{1,9}$/.test(version)) throw invalid('version must be a whole number');
  return { model_version: await versionOf(db, name, await found(findVersion(db, { model: name, at: Number(version) }))) };
}

/** Models by name, a page. A filter may name one: `name = '…'`. */
export async function searchRegistered(db: Db, filter: string, limit: number, cursor: string | undefined): Promise<object> {
  const name = nameIn(filter);
  if (name !== undefined) {
    const only = await showModel(db, name).catch(() => null);
    return { registered_models: only === null ? [] : [await modelOf(db, only)] };
  }
  const { items, next } = await found(listModels(db, { limit: Math.min(limit, 200), cursor }));
  const details = await Promise.all(items.map(({ name: one }) => showModel(db, one)));
  return {
    registered_models: await Promise.all(details.map((detail) => modelOf(db, detail))),
    ...(next !== null && { next_page_token: next }),
  };
}

/** Versions of the model that a filter names: `name = '…'`. */
export async function searchVersions(db: Db, filter: string): Promise<object> {
  const name = nameIn(filter);
  if (name === undefined) throw invalid("versions are searched by the name of a model: name = '…'");
  const only = await showModel(db, name).catch(() => null);
  return { model_versions: only === null ? [] : await Promise.all(only.versions.map((version) => versionOf(db, name, version))) };
}

function nameIn(filter: string): string | undefined {
  const conditions = parseFilter(filter);
  if (conditions.length === 0) return undefined;
  const [condition] = conditions;
  if (conditions.length > 1 || condition?.of !== 'attribute' || condition.key !== 'name' || condition.comparator !== '=')
    throw invalid("models are searched by their name only: name = '…'");
  return String(condition.values[0]);
}
