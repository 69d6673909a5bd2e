import { createHash } from 'node:crypto';
import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirOf, makeDataDir } from '../../core/data-dir.ts';
import { messageOf } from '../../core/errors.ts';
import { embeddedError } from './embedded-error.ts';

/** Paths of one embedded server, derived from the data directory alone, so that all processes agree on them. */
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

/** User and database that `initdb` creates. */
export const serverRole = 'assay';
export const serverDatabase = 'postgres';
/** Part of the socket's file name; no TCP port is opened. */
export const socketPort = 5432;

/** Returns the layout; creates nothing. @param dataDir default: ASSAY_DATA_DIR, else `data` in the checkout */
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

/** Creates the data directory. Returns the layout with symbolic links resolved. */
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

/** Returns the owner of the database directory, whom PostgreSQL must run as (undefined: there is no database). */
export function databaseOwner(layout: Layout): number | undefined {
  return statSync(layout.databaseDir, { throwIfNoEntry: false })?.uid;
}

/**
 * Returns the directory of the server's socket. A socket path has at most 107 bytes, hence a hash instead of the data directory's path, and
 * /tmp instead of TMPDIR, which is long on some systems and differs between shells of one user on others.
 */
export function socketDirOf(layout: Layout, uid: number): string {
  return `/tmp/${layout.clusterName}-${uid}`;
}

/** The dynamic linker splits LD_LIBRARY_PATH at these, without a way to escape them, and replaces `$ORIGIN`. */
const splitsPath = /[:;$]/;

/** Returns the folder of library links where node_modules is read-only; in /tmp if the linker could not read the data directory's path. */
export function librariesDirOf({ dataDir, clusterName }: Layout): string {
  return splitsPath.test(dataDir) ? `/tmp/${clusterName}-lib` : join(dataDir, '.postgres-lib');
}

/**
 * True if the private directory of the socket exists. Authentication is `trust`, so only the owner may have access.
 * @throws AssayError if another user created the directory in /tmp, or its mode is not private
 */
export function socketDirExists(socketDir: string, uid: number): boolean {
  const stat = lstatSync(socketDir, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0) {
    const owner = stat.uid === process.getuid?.() ? 'you' : `user ${stat.uid}`;
    throw embeddedError(
      `${socketDir} is not a private directory of user ${uid}: it belongs to ${owner}${stat.isDirectory() ? `, with mode ${(stat.mode & 0o777).toString(8)}` : ', and is no directory'}`,
      `${owner === 'you' ? 'remove it' : 'another user created it: have it removed by that user or by root'}, use a data directory of another name (ASSAY_DATA_DIR)`,
    );
  }
  return true;
}

/** Returns a connection string for psql and any driver. */
export function urlOf(socketDir: string): string {
  return `postgresql:///${serverDatabase}?host=${socketDir}&port=${socketPort}&user=${serverRole}`;
}
