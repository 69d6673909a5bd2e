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
  const transaction: Db['transaction'] = (work, config) => withClient(pool, (client) => drizzle(client).transaction(work, config));
  return { pool, db: Object.assign(db, { transaction }) };
}

/** One session of a pool whose clients pipeline: what is begun before the first reply takes one round trip, in the order in which it is begun. */
export interface Session {
  /** Prepared statements go out when they are called; queries that are built only when they are awaited, which is too late to keep the order. */
  readonly db: Db;
  /** Statements without values, at once. */
  readonly send: (text: string) => Promise<unknown>;
}

/**
 * Work in one session. `begin` and `commit` are the caller's own.
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
    // Its session may be broken or still inside the transaction: not one to hand on. Closing it ends the transaction.
    client.release(true);
    throw error;
  }
}
