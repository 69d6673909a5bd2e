import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { requireSpace } from '../../core/free-space.ts';
import type { Binaries } from './binaries.ts';
import { embeddedError } from './embedded-error.ts';
import { type Layout, serverRole } from './layout.ts';
import { commandAs, type ServerUser } from './server-user.ts';

/** Major version of the packaged server, which opens directories of this version only. */
const majorVersion = '18';

/** Space for a new database: 40 MB measured after all migrations, the rest for the log of the first transactions. */
const freshDatabaseBytes = 48 * 2 ** 20;

/** Returns the major version of a database directory (undefined: there is none). */
export function databaseVersion(layout: Layout): string | undefined {
  const file = join(layout.databaseDir, 'PG_VERSION');
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/**
 * Creates the database directory if there is none. The caller holds the start lock. `initdb` works in a directory beside it that is renamed
 * when complete, so a killed process leaves no partial database.
 * @throws AssayError `disk_full` before anything is written
 */
export async function ensureDatabaseDirectory(layout: Layout, binaries: Binaries, user: ServerUser): Promise<void> {
  const { dataDir, databaseDir } = layout;
  const version = databaseVersion(layout);
  if (version === majorVersion) return;
  if (version !== undefined) {
    throw embeddedError(
      `${databaseDir} was made by PostgreSQL ${version}, this one is ${majorVersion}`,
      'dump it with the old version and move it away',
    );
  }
  await requireSpace(dataDir, freshDatabaseBytes);
  const prefix = `${basename(databaseDir)}.new-`;
  for (const name of readdirSync(dataDir)) {
    if (name.startsWith(prefix)) rmSync(join(dataDir, name), { recursive: true, force: true });
  }
  const fresh = mkdtempSync(join(dataDir, prefix));
  try {
    chmodSync(fresh, 0o700);
    if (user.mode !== 'self') chownSync(fresh, user.uid, user.gid);
    await initdb(fresh, binaries, user);
    // Fails if the directory is not empty, so nothing is overwritten.
    renameSync(fresh, databaseDir);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw embeddedError(`the database directory ${databaseDir} cannot be made: ${messageOf(error)}`, initdbHint(messageOf(error)), error);
  }
}

function initdb(directory: string, binaries: Binaries, user: ServerUser): Promise<void> {
  const { command, args, options } = commandAs(user, binaries.initdb, [
    `--pgdata=${directory}`,
    `--username=${serverRole}`,
    // `trust` is safe, because only the owner can open the socket (layout.ts).
    '--auth=trust',
    '--encoding=UTF8',
    // Sorts by code point on every machine, independent of its C library.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      env: binaries.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve();
      else reject(new Error(said.trim() || `initdb ended with ${signal ?? status}`));
    });
  });
}

function initdbHint(message: string): string {
  if (message.includes('could not look up effective user ID')) return 'run as a user that has an entry in /etc/passwd';
  if (message.includes('No space left')) return 'free disk space';
  if (message.includes('ENOENT')) return 'the packaged server needs a glibc system, not Alpine: use another image';
  return 'look at the message above';
}
