import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { messageOf } from '../../core/errors.ts';
import { createSession, type Session } from '../sessions.ts';
import { embeddedError } from './embedded-error.ts';
import { databaseOwner, type Layout, serverDatabase, serverRole, socketDirExists, socketDirOf, socketPort } from './layout.ts';
import { isStopping } from './postmaster.ts';

/**
 * Advisory lock between users of the server and an idle stop: each attachment holds it shared, the stop holds it
 * exclusively, so no process attaches to a server that is about to stop.
 */
const attachmentLock = 0x61_73_73_61_79;

/** A hold on the server, which prevents an idle stop until its release. */
export interface Attachment {
  readonly socketDir: string;
  readonly serverVersion: string;
  readonly release: () => Promise<void>;
}

/** Attaches to a running server (undefined: none answers yet, or it is shutting down). */
export async function tryAttach(layout: Layout): Promise<Attachment | undefined> {
  const client = await connectToServer(layout);
  return client === undefined ? undefined : attachBy(client, layout);
}

/**
 * Attaches by a session that is already open, and ends it if that is too late. A stop releases its lock when its session ends, while sessions
 * opened before the stop go on: so the lock is not enough, the server must not be stopping either.
 */
export async function attachBy(client: Session, layout: Layout): Promise<Attachment | undefined> {
  let attached = false;
  try {
    const { rows } = await client.query<{ held: boolean; version: string }>(
      `select pg_try_advisory_lock_shared(${attachmentLock}) as held, current_setting('server_version') as version`,
    );
    attached = rows[0]!.held && !isStopping(layout);
    if (!attached) return undefined;
    return {
      socketDir: client.host,
      serverVersion: rows[0]!.version,
      release: () => client.end(),
    };
  } catch (error) {
    if (isFatal(error)) throw unreachableServer(layout, error);
    return undefined;
  } finally {
    if (!attached) await client.end();
  }
}

/** Counts the other sessions on the server; `alone` also blocks new attachments until this session ends. */
export async function claimIfIdle(client: pg.Client): Promise<{ readonly alone: boolean; readonly sessions: number }> {
  const { rows } = await client.query<{ alone: boolean; sessions: number }>(
    `select pg_try_advisory_lock(${attachmentLock}) as alone, (
       select count(*)::int from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
     ) as sessions`,
  );
  const { alone, sessions } = rows[0]!;
  return { alone: alone && sessions === 0, sessions };
}

/** Opens a session on the server's default database (undefined: no server answers). The caller ends it. */
export async function connectToServer(layout: Layout): Promise<Session | undefined> {
  const uid = databaseOwner(layout);
  if (uid === undefined) return undefined;
  const host = socketDirOf(layout, uid);
  if (!socketDirExists(host, uid)) return undefined;
  const client = createSession({
    host,
    port: socketPort,
    user: serverRole,
    database: serverDatabase,
    ssl: false,
    connectionTimeoutMillis: 5_000,
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (isFatal(error)) throw unreachableServer(layout, error);
    return undefined;
  }
}

/** True for errors that waiting does not resolve: no permission for the socket, or a refusal other than starting up or shutting down. */
export function isFatal(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  if (code === 'EACCES' || code === 'EPERM') return true;
  // SQLSTATEs of the server, not codes of the socket (EPIPE has five characters, too): class 57 is operator intervention (starting up,
  // shutting down), class 08 connection failure.
  return error instanceof pg.DatabaseError && !/^(57|08)/.test(error.code ?? '');
}

function unreachableServer(layout: Layout, cause: unknown): Error {
  const hint = existsSync(join(layout.databaseDir, 'PG_VERSION')) ? `look at ${layout.logFile}` : 'run as the user who owns the server';
  return embeddedError(`the server of ${layout.dataDir} refuses: ${messageOf(cause)}`, hint, cause);
}
