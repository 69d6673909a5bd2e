import type { ExtractTablesWithRelations } from 'drizzle-orm';
import { drizzle, type NodePgDatabase, type NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { PgDatabase } from 'drizzle-orm/pg-core';
import type pg from 'pg';

/** An open database: the pool for listening and closing, drizzle over it for everything else. */
export interface Database {
  readonly pool: pg.Pool;
  readonly db: NodePgDatabase;
}

/** Anything a query can be sent through: the database itself, or a transaction on it. */
export type Queryable = PgDatabase<NodePgQueryResultHKT, Record<string, never>, ExtractTablesWithRelations<Record<string, never>>>;

export function databaseOver(pool: pg.Pool): Database {
  return { pool, db: drizzle(pool) };
}
