import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import { type Database, databaseOver } from './database.ts';
import { attachEmbedded, stopIfIdle } from './embedded/server.ts';
import { parseDatabaseUrl, unreachable } from './external.ts';

export interface ConnectOptions {
  /** Default: DATABASE_URL; where that is unset or empty, the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** Of the embedded server. Default: ASSAY_DATA_DIR, else `data` in the checkout. */
  readonly dataDir?: string | undefined;
  /** Sessions this process may hold at most. Default 10. */
  readonly poolSize?: number | undefined;
}

/** A database and the duty to close it. */
export interface Connection extends Database {
  /** Where a session of one's own can be had, as LISTEN needs it: the pool; behind PgBouncer that of DATABASE_DIRECT_URL, or none. */
  readonly sessions: pg.Pool | null;
  readonly kind: 'embedded' | 'external';
  /** For people: a password in it reads `***`. */
  readonly url: string;
  /**
   * Ends the sessions once their queries are done; a second call does nothing. An embedded server runs on, unless `stopIfIdle` is set and
   * this was its last user.
   */
  readonly close: (options?: { readonly stopIfIdle?: boolean }) => Promise<void>;
}

/**
 * PostgreSQL sends bigint (int8: ids, counts, epoch times) as text because a double holds only 53 bits of it. Here it is a number, and one
 * that does not fit fails its query instead of being rounded. float8 arrives as a number anyway, NaN and infinities included.
 */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new AssayError('internal', `the stored bigint ${text} does not fit a number`);
  return value;
});

/**
 * Opens a pool on DATABASE_URL or on the embedded server and makes sure that it answers. Nothing after this differs between the two.
 *
 * @throws AssayError database_unavailable, naming host and port but no password; config_invalid for a URL that is none
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const databaseUrl = options.databaseUrl ?? process.env['DATABASE_URL'] ?? '';
  return databaseUrl === '' ? connectEmbedded(options) : connectExternal(databaseUrl, options);
}

async function connectEmbedded(options: ConnectOptions): Promise<Connection> {
  const server = await attachEmbedded(options);
  const pool = openPool({ connectionString: server.url, ssl: false }, options);
  return connectionOver(pool, 'embedded', server.url, async (how) => {
    await server.release();
    if (how.stopIfIdle === true) await stopIfIdle(options);
  });
}

async function connectExternal(databaseUrl: string, options: ConnectOptions): Promise<Connection> {
  const { printable, target, isPooled } = parseDatabaseUrl(databaseUrl);
  const config = { connectionString: databaseUrl, connectionTimeoutMillis: 10_000 };
  const pool = openPool(isPooled ? { ...config, Client: UnnamedClient } : config, options);
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw unreachable(target, error);
  }
  if (!isPooled) return connectionOver(pool, 'external', printable, async () => undefined);
  const directUrl = process.env['DATABASE_DIRECT_URL'] ?? '';
  const sessions = directUrl === '' ? null : openPool({ connectionString: directUrl, connectionTimeoutMillis: 10_000 }, { poolSize: 1 });
  return { ...connectionOver(pool, 'external', printable, async () => sessions?.end()), sessions };
}

/** Behind a pooler in transaction mode each statement may run in another session, which knows no plan by a name that was given elsewhere. */
class UnnamedClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => unknown;
    this.query = ((statement: unknown, ...rest: unknown[]) => query(withoutName(statement), ...rest)) as pg.Client['query'];
  }
}

function withoutName(statement: unknown): unknown {
  return typeof statement === 'object' && statement !== null && 'name' in statement ? { ...statement, name: undefined } : statement;
}

function openPool(config: pg.PoolConfig, { poolSize }: ConnectOptions): pg.Pool {
  const pool = new pg.Pool({ ...config, max: poolSize ?? 10, pipeline: true });
  // An idle session that the server drops is reported here, and would end the process if nobody listened. The pool has removed it already;
  // the next query opens another or fails with the reason.
  pool.on('error', () => undefined);
  // The same for a session that is in use by a transaction: its query fails with the reason, and that is where it is dealt with.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function connectionOver(
  pool: pg.Pool,
  kind: Connection['kind'],
  url: string,
  leave: (how: { readonly stopIfIdle?: boolean }) => Promise<void>,
): Connection {
  let closing: Promise<void> | undefined;
  const close: Connection['close'] = (how = {}) => {
    closing ??= pool.end().then(() => leave(how));
    return closing;
  };
  return { ...databaseOver(pool), sessions: pool, kind, url, close };
}
