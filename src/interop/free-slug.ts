import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Db } from '../storage/database.ts';
import { slugOf } from './slug-of.ts';

/** Numbers tried before random letters are taken, so that many studies of one name cost no more than a few. */
const mostNumbers = 20;

/** Returns a name that no study has, from a slug: itself, `-2`, `-3`… */
export async function freeSlug(db: Db, name: string): Promise<string> {
  const slug = slugOf(name);
  const candidates = [slug, ...Array.from({ length: mostNumbers }, (_, index) => `${slug}-${index + 2}`)];
  const { rows } = await db.execute<{ name: string }>(sql`select name from studies where name = any(${sql.param(candidates)}::text[])`);
  const taken = new Set(rows.map((row) => row.name));
  return candidates.find((candidate) => !taken.has(candidate)) ?? `${slug}-${randomBytes(4).toString('hex')}`;
}
