import { createHash } from 'node:crypto';
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, makeDataDir } from '../../core/data-dir.ts';
import { messageOf } from '../../core/errors.ts';
import { embeddedError } from './embedded-error.ts';

/** Where everything of one embedded server lies. Each path follows from the data directory alone, so that processes agree without talking. */
export interface Layout {
  readonly dataDir: string;
  /** PGDATA. */
  readonly databaseDir: string;
  readonly logFile: string;
  /** See start-lock.ts. */
  readonly lockDir: string;
  /** Shown by `ps` in the title of every process of this server. */
  readonly clusterName: string;
}

/** The user and database that `initdb` makes; both always exist. */
export const serverRole = 'assay';
export const serverDatabase = 'postgres';
/** No port is opened: the number is part of the socket's file name only. */
export const socketPort = 5432;

/** @param dataDir default: ASSAY_DATA_DIR, else `data` in the checkout. Nothing is created. */
export function layoutOf(dataDir?: string): Layout {
  const asked = dataDirOf(dataDir);
  const real = existsSync(asked) ? realpathSync(asked) : asked;
  const databaseDir = join(real, 'postgres');
  return {
    dataDir: real,
    databaseDir,
    logFile: join(real, 'postgres.log'),
    lockDir: join(real, '.postgres-lock'),
    clusterName: `assay-${createHash('sha256').update(databaseDir).digest('hex').slice(0, 12)}`,
  };
}

/** Makes the data directory; the layout is taken again because a new directory may lie behind a symbolic link. */
export function createDataDir(layout: Layout): Layout {
  try {
    makeDataDir(layout.dataDir);
  } catch (cause) {
    throw embeddedError(
      `the data directory ${layout.dataDir} cannot be made: ${messageOf(cause)}`,
      'set ASSAY_DATA_DIR to a directory you can write',
      cause,
    );
  }
  return layoutOf(layout.dataDir);
}

/** The user the server runs as, once there is a database: PostgreSQL insists that its directory belongs to it. */
export function databaseOwner(layout: Layout): number | undefined {
  return statSync(layout.databaseDir, { throwIfNoEntry: false })?.uid;
}

/**
 * The directory of the server's socket. A socket path may have 107 bytes at most, hence a hash instead of the data directory's path, and
 * /tmp instead of TMPDIR, which is long on some systems and differs between shells of one user on others.
 */
export function socketDirOf(layout: Layout, uid: number): string {
  return `/tmp/${layout.clusterName}-${uid}`;
}

/**
 * Authentication is `trust`: who reaches the socket is the owner. So the directory must be the owner's alone, and must not be one that
 * somebody else put into /tmp beforehand.
 */
export function socketDirExists(socketDir: string, uid: number): boolean {
  const stat = lstatSync(socketDir, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0) {
    const owner = stat.uid === process.getuid?.() ? 'you' : `user ${stat.uid}`;
    throw embeddedError(
      `${socketDir} is not a private directory of user ${uid}: it belongs to ${owner}${stat.isDirectory() ? `, with mode ${(stat.mode & 0o777).toString(8)}` : ', and is no directory'}`,
      `${owner === 'you' ? 'remove it' : 'it was put there by another user: have it removed by that user or by root'}, use a data directory of another name (ASSAY_DATA_DIR)`,
    );
  }
  return true;
}

/** A connection string that psql and every driver understand. */
export function urlOf(socketDir: string): string {
  return `postgresql:///${serverDatabase}?host=${socketDir}&port=${socketPort}&user=${serverRole}`;
}
