import { asc, desc, eq, gt } from 'drizzle-orm';
import { type ModelAddress, parseModelAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { meant } from '../storage/readers/find.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page } from '../storage/readers/page.ts';
import { aliases, models, modelVersions, studies, trials } from '../storage/schema/index.ts';

export interface ModelItem {
  readonly name: string;
  readonly aliases: readonly { readonly alias: string; readonly version: number; readonly movedAt: string }[];
  /** Number of versions. */
  readonly versions: number;
  readonly createdAt: string;
}

export interface VersionItem {
  /** `model@7`. */
  readonly address: string;
  readonly version: number;
  readonly trial: string;
  readonly policyHash: string;
  readonly aliases: readonly string[];
  readonly createdAt: string;
}

export interface ModelDetail extends Omit<ModelItem, 'versions'> {
  /** Newest first. */
  readonly versions: readonly VersionItem[];
}

/** A page of models, sorted by name. */
export async function listModels(
  db: Db,
  query: { readonly limit?: number | undefined; readonly cursor?: string | undefined } = {},
): Promise<Page<ModelItem>> {
  const limit = checkLimit(query.limit ?? 50);
  const after = query.cursor === undefined ? undefined : gt(models.name, decodeCursor('models', query.cursor).key ?? '');
  const [rows, total] = await Promise.all([
    db
      .select()
      .from(models)
      .where(after)
      .orderBy(asc(models.name))
      .limit(limit + 1),
    db.$count(models),
  ]);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const details = await Promise.all(shown.map((row) => detailOf(db, row)));
  return {
    items: details.map((detail) => ({ ...detail, versions: detail.versions.length })),
    next: last === undefined ? null : encodeCursor('models', { key: last.name, number: last.id }),
    total,
  };
}

/** @throws AssayError `not_found`, with similar names in the hint. */
export async function showModel(db: Db, name: string): Promise<ModelDetail> {
  return detailOf(db, await findModel(db, name));
}

/** The version that `model@alias` or `model@7` names. @throws AssayError `not_found`. */
export async function findVersion(db: Db, address: string | ModelAddress): Promise<VersionItem> {
  const { model, at } = typeof address === 'string' ? parseModelAddress(address) : address;
  const { versions } = await showModel(db, model);
  const found = versions.find(({ version, aliases: own }) => (typeof at === 'number' ? version === at : own.includes(at)));
  if (found !== undefined) return found;
  const known = [...versions.flatMap(({ aliases: own }) => own), ...versions.map(({ version }) => version)];
  throw new AssayError('not_found', `there is no ${model}@${at}`, {
    hint: `there are ${known.map((other) => `${model}@${other}`).join(', ')}`,
  });
}

export async function findModel(db: Db, name: string): Promise<typeof models.$inferSelect> {
  const [model] = await db.select().from(models).where(eq(models.name, name));
  if (model !== undefined) return model;
  const names = await db.select({ name: models.name }).from(models);
  throw new AssayError('not_found', `there is no model ${name}`, {
    hint: meant(
      name,
      names.map((other) => other.name),
      'assay model ls shows all',
    ),
  });
}

async function detailOf(db: Db, { id, name, createdAt }: typeof models.$inferSelect): Promise<ModelDetail> {
  const [named, versions] = await Promise.all([
    db.select().from(aliases).where(eq(aliases.modelId, id)).orderBy(asc(aliases.alias)),
    db
      .select({
        version: modelVersions.version,
        policyHash: modelVersions.policyHash,
        createdAt: modelVersions.createdAt,
        study: studies.name,
        number: trials.number,
      })
      .from(modelVersions)
      .innerJoin(trials, eq(trials.id, modelVersions.trialId))
      .innerJoin(studies, eq(studies.id, trials.studyId))
      .where(eq(modelVersions.modelId, id))
      .orderBy(desc(modelVersions.version)),
  ]);
  return {
    name,
    createdAt: createdAt.toISOString(),
    aliases: named.map(({ alias, version, movedAt }) => ({ alias, version, movedAt: movedAt.toISOString() })),
    versions: versions.map((version) => ({
      address: `${name}@${version.version}`,
      version: version.version,
      trial: trialAddress(version.study, version.number),
      policyHash: version.policyHash,
      aliases: named.filter((alias) => alias.version === version.version).map(({ alias }) => alias),
      createdAt: version.createdAt.toISOString(),
    })),
  };
}
