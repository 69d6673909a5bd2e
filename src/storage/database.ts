import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

/** Executes queries: a database's own `db`, or a transaction inside it. */
export type Db = NodePgDatabase;

/** An open database: the pool for listening and closing, drizzle for everything else. */
export interface Database {
  readonly pool: pg.Pool;
  readonly db: Db;
}

/**
 * drizzle over the pool with a `transaction` of our own: drizzle's does not return its session to the pool if the server is gone at
 * `begin`, so each restart of the server would cost the pool a session, and closing it would never end.
 */
export function databaseOver(pool: pg.Pool): Database {
  const db = drizzle(pool);
  const transaction: Db['transaction'] = (work, config) => withClient(pool, (client) => drizzle(client).transaction(work, config));
  return { pool, db: Object.assign(db, { transaction }) };
}

/**
 * One session of a pool whose clients pipeline: statements started before the first reply share a round trip, in the order of their start.
 */
export interface Session {
  /** Prepared statements are sent when called; other queries only when awaited, which is too late to keep the order. */
  readonly db: Db;
  /** Sends statements without values at once. */
  readonly send: (text: string) => Promise<unknown>;
}

/**
 * Runs `work` in one session; it sends `begin` and `commit` itself.
 * @param db a database's own, not a transaction
 */
export function inSession<Result>(db: Db, work: (session: Session) => Promise<Result>): Promise<Result> {
  const { $client: pool } = db as Db & { readonly $client: pg.Pool };
  return withClient(pool, (client) => work({ db: drizzle(client), send: (text) => client.query(text) }));
}

async function withClient<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    const result = await work(client);
    client.release();
    return result;
  } catch (error) {
    // The session may be broken or inside the transaction, so it is closed, which ends the transaction.
    client.release(true);
    throw error;
  }
}
