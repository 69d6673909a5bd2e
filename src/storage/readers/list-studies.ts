import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page } from './page.ts';
import { countStudies, type StudyItem, type StudyState, summarise } from './study-item.ts';

export interface StudyQuery {
  readonly state?: StudyState | undefined;
  /** Part of the name. */
  readonly q?: string | undefined;
  /** Default: the newest first. */
  readonly sort?: StudySort | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Studies by what can be sorted by; with a minus in front descending. */
export const studySorts = ['created', 'name', 'updated', 'trials'] as const;
export type StudySort = (typeof studySorts)[number] | `-${(typeof studySorts)[number]}`;

/** As columns of {@link summarise}, which break ties by the study's id. */
const sortKeys: Readonly<Record<(typeof studySorts)[number], { readonly key: SQL; readonly type: SQL }>> = {
  created: { key: sql`id`, type: sql`bigint` },
  // By bytes, so that the order is the same on every server.
  name: { key: sql`name collate "C"`, type: sql`text` },
  updated: { key: sql`updated_at`, type: sql`timestamptz` },
  trials: { key: sql`(queued + running + paused + complete + pruned + failed + cancelled)`, type: sql`bigint` },
};

/** Lists studies with a summary. */
export async function listStudies(db: Db, query: StudyQuery = {}): Promise<Page<StudyItem>> {
  const limit = checkLimit(query.limit ?? 50);
  const { sort = '-created' } = query;
  const descending = sort.startsWith('-');
  const { key, type } = sortKeys[sort.replace('-', '') as (typeof studySorts)[number]];
  const identity = JSON.stringify(['studies', query.state ?? null, query.q ?? null, sort]);
  const matches = sql`(${query.q ?? null}::text is null or strpos(name, ${query.q ?? ''}) > 0)
    and ${query.state === undefined ? sql`true` : sql`state = ${query.state}`}`;
  const last = query.cursor === undefined ? null : decodeCursor(identity, query.cursor);
  const after =
    last === null ? sql`true` : sql`(${key}, id) ${descending ? sql`<` : sql`>`} (${last.key}::${type}, ${last.number}::bigint)`;

  const [rows, total] = await Promise.all([
    summarise(db, sql`${matches} and ${after}`, limit + 1, { key, descending }),
    countStudies(db, matches, query.state !== undefined),
  ]);
  const items = rows.slice(0, limit);
  const end = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map(({ item }) => item),
    next: end === undefined ? null : encodeCursor(identity, { key: end.sortKey, number: end.id }),
    total,
  };
}
