import { asc, desc, eq, gt } from 'drizzle-orm';
import { type ModelAddress, parseModelAddress, trialAddress } from '../core/address.ts';
import { AssayError } from '../core/errors.ts';
import type { Db } from '../storage/database.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page } from '../storage/readers/page.ts';
import { aliases, models, modelVersions, studies, trials } from '../storage/schema/index.ts';
import { findModel } from './find-model.ts';
import type { HistoryItem } from './history.ts';
import { newestDecision } from './read-record.ts';
import { type Standing, standingsOf } from './standing.ts';

/** An alias with what the ledger says of the version that it names. */
export interface AliasItem extends Standing {
  readonly alias: string;
  readonly version: number;
  readonly movedAt: string;
}

export interface ModelItem {
  readonly name: string;
  readonly aliases: readonly AliasItem[];
  /** Number of versions. */
  readonly versions: number;
  readonly createdAt: string;
}

export interface VersionItem extends Standing {
  /** `model@7`. */
  readonly address: string;
  readonly version: number;
  readonly trial: string;
  readonly policyHash: string;
  readonly aliases: readonly string[];
  readonly createdAt: string;
}

export interface ModelDetail extends Omit<ModelItem, 'versions'> {
  /** The newest decision on it, which may be a refusal (null: no record names it). */
  readonly lastDecision: HistoryItem | null;
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
  const standing = await standingsOf(
    db,
    shown.map(({ name }) => name),
  );
  const details = await Promise.all(shown.map((row) => versionsOf(db, row, standing)));
  return {
    items: details.map((detail) => ({ ...detail, versions: detail.versions.length })),
    next: last === undefined ? null : encodeCursor('models', { key: last.name, number: last.id }),
    total,
  };
}

/**
 * A model with its versions; one that was only ever refused has none.
 * @throws AssayError `not_found`, with similar names in the hint.
 */
export async function showModel(db: Db, name: string): Promise<ModelDetail> {
  const lastDecision = await newestDecision(db, name);
  const known = await db.select().from(models).where(eq(models.name, name));
  if (known.length === 0 && lastDecision !== null) return { name, createdAt: lastDecision.at, aliases: [], versions: [], lastDecision };
  return { ...(await versionsOf(db, known[0] ?? (await findModel(db, name)), await standingsOf(db, [name]))), lastDecision };
}

/** The version that `model@alias` or `model@7` names. @throws AssayError `not_found`. */
export async function findVersion(db: Db, address: string | ModelAddress): Promise<VersionItem> {
  const { model, at } = typeof address === 'string' ? parseModelAddress(address) : address;
  const { versions } = await showModel(db, model);
  const found = versions.find(({ version, aliases: own }) => (typeof at === 'number' ? version === at : own.includes(at)));
  if (found !== undefined) return found;
  const known = [...versions.flatMap(({ aliases: own }) => own), ...versions.map(({ version }) => version)];
  throw new AssayError('not_found', `there is no ${model}@${at}`, {
    hint:
      known.length === 0
        ? `${model} was never promoted: assay model history ${model} says why`
        : `there are ${known.map((other) => `${model}@${other}`).join(', ')}`,
  });
}

async function versionsOf(
  db: Db,
  { id, name, createdAt }: typeof models.$inferSelect,
  standing: Awaited<ReturnType<typeof standingsOf>>,
): Promise<Omit<ModelDetail, 'lastDecision'>> {
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
    aliases: named.map(({ alias, version, movedAt }) => ({ alias, version, movedAt: movedAt.toISOString(), ...standing(name, version) })),
    versions: versions.map((version) => ({
      address: `${name}@${version.version}`,
      version: version.version,
      trial: trialAddress(version.study, version.number),
      policyHash: version.policyHash,
      aliases: named.filter((alias) => alias.version === version.version).map(({ alias }) => alias),
      createdAt: version.createdAt.toISOString(),
      ...standing(name, version.version),
    })),
  };
}
