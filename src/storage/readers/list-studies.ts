import { sql } from 'drizzle-orm';
import type { Db } from '../database.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page } from './page.ts';
import { countStudies, type StudyItem, type StudyState, summarise } from './study-item.ts';

export interface StudyQuery {
  readonly state?: StudyState | undefined;
  /** Part of the name. */
  readonly q?: string | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Lists studies with a summary, the newest first. */
export async function listStudies(db: Db, query: StudyQuery = {}): Promise<Page<StudyItem>> {
  const limit = checkLimit(query.limit ?? 50);
  const identity = JSON.stringify(['studies', query.state ?? null, query.q ?? null]);
  const matches = sql`(${query.q ?? null}::text is null or strpos(name, ${query.q ?? ''}) > 0)
    and ${query.state === undefined ? sql`true` : sql`state = ${query.state}`}`;
  const after = query.cursor === undefined ? sql`true` : sql`id < ${decodeCursor(identity, query.cursor).number}`;

  const [rows, total] = await Promise.all([
    summarise(db, sql`${matches} and ${after}`, limit + 1),
    countStudies(db, matches, query.state !== undefined),
  ]);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map(({ item }) => item),
    next: last === undefined ? null : encodeCursor(identity, { key: null, number: last.id }),
    total,
  };
}
