import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

/** Takes queries: a database's own `db`, or a transaction inside it. */
export type Db = NodePgDatabase;

/** An open database: the pool for listening and closing, drizzle over it for everything else. */
export interface Database {
  readonly pool: pg.Pool;
  readonly db: Db;
}

export function databaseOver(pool: pg.Pool): Database {
  return { pool, db: drizzle(pool) };
}
