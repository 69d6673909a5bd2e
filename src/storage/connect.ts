import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import { type Database, databaseOver } from './database.ts';
import { attachEmbedded, stopIfIdle } from './embedded/server.ts';
import { parseDatabaseUrl, serverUnreachable } from './external.ts';
import { type SessionConfig, SessionPool } from './sessions.ts';

export interface ConnectOptions {
  /** Default: DATABASE_URL; if that is unset or empty, the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** Directory of the embedded server. Default: ASSAY_DATA_DIR, else `data` in the checkout. */
  readonly dataDir?: string | undefined;
  /** Maximum number of sessions of this process. Default 10. */
  readonly poolSize?: number | undefined;
  /** How long its sessions wait for one answer if the caller has no limit of its own; then the session is given up. Default 60 s. */
  readonly answerMs?: number | undefined;
  /** How long to wait for a session, a new or a free one. Default 10 s. */
  readonly connectMs?: number | undefined;
}

export interface CloseOptions {
  readonly stopIfIdle?: boolean;
  readonly graceMs?: number;
}

/** An open database, to be closed by the caller. */
export interface Connection extends Database {
  /** Source of a dedicated session, which LISTEN needs: the pool or, behind PgBouncer, that of DATABASE_DIRECT_URL (null: none). */
  readonly sessions: pg.Pool | null;
  readonly kind: 'embedded' | 'external';
  /** The URL for messages: its password reads `***`. */
  readonly url: string;
  /**
   * Ends the sessions once their queries are done, or after `graceMs` (default 5 s); a second call does nothing. An embedded server keeps
   * running unless `stopIfIdle` is set and this was its last user.
   */
  readonly close: (options?: CloseOptions) => Promise<void>;
}

/**
 * Parses bigint (ids, counts, epoch times), which PostgreSQL sends as text, as a number. A value beyond 2^53 fails its query instead of
 * being rounded. float8 arrives as a number, NaN and infinities included.
 */
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new AssayError('internal', `the stored bigint ${text} does not fit a number`);
  return value;
});

/**
 * Opens a pool on DATABASE_URL or on the embedded server and checks that it answers. Nothing after this differs between the two.
 *
 * @throws AssayError `database_unavailable`, naming host and port but no password; `config_invalid` for an invalid URL
 */
export async function connect(options: ConnectOptions = {}): Promise<Connection> {
  const databaseUrl = options.databaseUrl ?? process.env['DATABASE_URL'] ?? '';
  return databaseUrl === '' ? connectEmbedded(options) : connectExternal(databaseUrl, options);
}

async function connectEmbedded(options: ConnectOptions): Promise<Connection> {
  const server = await attachEmbedded(options);
  const pool = openPool({ connectionString: server.url, ssl: false }, options);
  return connectionOver([pool], 'embedded', server.url, async (how) => {
    await server.release();
    if (how.stopIfIdle === true) await stopIfIdle(options);
  });
}

async function connectExternal(databaseUrl: string, options: ConnectOptions): Promise<Connection> {
  const { printable, target, isPooled } = parseDatabaseUrl(databaseUrl);
  const pool = openPool({ connectionString: databaseUrl, isPooled }, options);
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    throw serverUnreachable(target, error);
  }
  if (!isPooled) return connectionOver([pool], 'external', printable, async () => undefined);
  const directUrl = process.env['DATABASE_DIRECT_URL'] ?? '';
  if (directUrl !== '') parseDatabaseUrl(directUrl, 'DATABASE_DIRECT_URL');
  const sessions = directUrl === '' ? null : openPool({ connectionString: directUrl }, { ...options, poolSize: 1 });
  return { ...connectionOver([pool, ...(sessions === null ? [] : [sessions])], 'external', printable, async () => undefined), sessions };
}

function openPool(config: SessionConfig, { poolSize, answerMs, connectMs }: ConnectOptions): SessionPool {
  return new SessionPool({
    ...config,
    max: poolSize ?? 10,
    answerMs,
    ...(connectMs !== undefined && { connectionTimeoutMillis: connectMs }),
  });
}

/** Ignores errors of queries that are still running when a connection is closed. */
const usualGraceMs = 5000;

/** Ends a pool once its statements are answered, or cuts it off after the grace period. */
async function endPool(pool: SessionPool, graceMs: number): Promise<void> {
  const timer = setTimeout(() => pool.cutOff(), graceMs);
  await pool.end();
  clearTimeout(timer);
}

/** A connection over its pools: the first one runs the statements. */
function connectionOver(
  pools: readonly [SessionPool, ...SessionPool[]],
  kind: Connection['kind'],
  url: string,
  leave: (how: CloseOptions) => Promise<void>,
): Connection {
  const [pool] = pools;
  let closing: Promise<void> | undefined;
  const close: Connection['close'] = (how = {}) => {
    const graceMs = how.graceMs ?? usualGraceMs;
    closing ??= Promise.all(pools.map((each) => endPool(each, graceMs))).then(() => leave(how));
    return closing;
  };
  return { ...databaseOver(pool), sessions: pool, kind, url, close };
}
