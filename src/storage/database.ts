import { sql } from 'drizzle-orm';
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
  const transaction: Db['transaction'] = (work, config) => withSession(pool, (session) => session.transaction(work, config));
  return { pool, db: Object.assign(db, { transaction }) };
}

/**
 * A transaction that begins with these statements, in one round trip with its `begin`.
 * @param db a database's own, not a transaction
 * @param first without values: they go through the simple protocol
 */
export function transactionFrom<Result>(db: Db, first: string, work: (tx: Db) => Promise<Result>): Promise<Result> {
  const { $client: pool } = db as Db & { readonly $client: pg.Pool };
  return withSession(pool, async (session) => {
    await session.execute(sql.raw(`begin; ${first}`));
    const result = await work(session);
    await session.execute(sql`commit`);
    return result;
  });
}

async function withSession<Result>(pool: pg.Pool, work: (session: Db) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await work(drizzle(client));
    client.release();
    return result;
  } catch (error) {
    // Its session may be broken or still inside the transaction: not one to hand on. Closing it ends the transaction.
    client.release(true);
    throw error;
  }
}
