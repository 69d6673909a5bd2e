import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

/** Takes queries: a database's own `db`, or a transaction inside it. */
export type Db = NodePgDatabase;

/** An open database: the pool for listening and closing, drizzle over it for everything else. */
export interface Database {
  readonly pool: pg.Pool;
  readonly db: Db;
}

/**
 * drizzle over the pool, with a `transaction` of our own: drizzle's takes a session from the pool and never gives it back when
 * the server is gone at `begin`, so each restart of the server would cost the pool a session, and closing it would wait forever.
 */
export function databaseOver(pool: pg.Pool): Database {
  const db = drizzle(pool);
  const transaction: Db['transaction'] = async (work, config) => {
    const client = await pool.connect();
    try {
      const result = await drizzle(client).transaction(work, config);
      client.release();
      return result;
    } catch (error) {
      // Its session may be broken or still inside the transaction: not one to hand on.
      client.release(true);
      throw error;
    }
  };
  return { pool, db: Object.assign(db, { transaction }) };
}
