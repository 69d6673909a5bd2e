import { spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { Binaries } from './binaries.ts';
import { embeddedError } from './embedded-error.ts';
import { databaseOwner, type Layout, librariesDirOf, socketDirExists, socketDirOf, socketPort } from './layout.ts';
import { allProcesses, findProcess, type ProcessInfo } from './processes.ts';
import { commandAs, type ServerUser } from './server-user.ts';

/** Settings of a small server. fsync and synchronous_commit keep their default, on: an acknowledged commit is on disk. */
const settings = {
  max_connections: '200',
  shared_buffers: '128MB',
  // Leaves the CPU to the trials.
  max_parallel_workers_per_gather: '0',
  // Asynchronous reads gain nothing on a database of this size.
  io_method: 'sync',
  // No replication.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Size at which the log is truncated. */
const logLimitBytes = 8 * 1024 * 1024;

/** Returns the process id of the server of this data directory (undefined: none is alive). */
export function livingPostmaster(layout: Layout): number | undefined {
  const pid = recordedPid(layout);
  const found = pid === undefined ? undefined : findProcess(pid);
  return found !== undefined && isPostmasterOf(found, layout) ? found.pid : undefined;
}

/** True if the server is shutting down: it serves the sessions that it has and refuses others. */
export function isStopping(layout: Layout): boolean {
  return lockFileLines(layout)[7]?.trim() === 'stopping';
}

function recordedPid(layout: Layout): number | undefined {
  const pid = Number.parseInt(lockFileLines(layout)[0] ?? '', 10);
  return Number.isInteger(pid) ? pid : undefined;
}

/** Lines of postmaster.pid: the first is the process id, the eighth the state (LOCK_FILE_LINE_PM_STATUS of PostgreSQL's pidfile.h). */
function lockFileLines(layout: Layout): readonly string[] {
  const file = join(layout.databaseDir, 'postmaster.pid');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
}

/** True if the process is a server of this directory: the id in postmaster.pid may be reused, since each container counts from 1. */
function isPostmasterOf(found: ProcessInfo, layout: Layout): boolean {
  const words = found.commandLine.split(/[\0 ]/);
  if (!basename(words[0] ?? '').startsWith('post') || words[0]!.endsWith(':')) return false;
  if (found.commandLine.includes(layout.databaseDir)) return true;
  const other = words[words.indexOf('-D') + 1];
  // Started manually, possibly by another path of the same directory.
  return !words.includes('-D') || other === undefined || !existsSync(other) || realpathSync(other) === layout.databaseDir;
}

/**
 * Removes remains of a killed server that would prevent the next start. PostgreSQL detects a stale lock file itself unless its process id
 * belongs to a zombie or to another process; and backends that were busy when their postmaster was killed hold its shared memory
 * ("pre-existing shared memory block is still in use") until their next check. The caller holds the start lock and has
 * checked that no postmaster is alive.
 */
export function clearRemains(layout: Layout): void {
  const uid = databaseOwner(layout);
  if (uid === undefined) return;
  rmSync(join(layout.databaseDir, 'postmaster.pid'), { force: true });
  rmSync(join(socketDirOf(layout, uid), `.s.PGSQL.${socketPort}.lock`), {
    force: true,
  });
  for (const orphan of allProcesses()) {
    if (!orphan.commandLine.startsWith(`postgres: ${layout.clusterName}: `)) continue;
    signal(orphan.pid, 'SIGQUIT');
  }
}

/** A server that is starting. */
export interface Launched {
  readonly exited: () => boolean;
  /** Its log output since the start. */
  readonly log: () => string;
}

/** Starts the server in a new session, so that neither Ctrl-C nor the end of this process affects it. */
export function launch(layout: Layout, binaries: Binaries, user: ServerUser): Launched {
  const socketDir = socketDirOf(layout, user.uid);
  makeSocketDir(socketDir, user);
  const given = {
    ...settings,
    listen_addresses: '',
    port: String(socketPort),
    unix_socket_directories: socketDir,
    unix_socket_permissions: '0700',
    cluster_name: layout.clusterName,
  };
  const { command, args, options } = commandAs(user, binaries.postgres, [
    '-D',
    layout.databaseDir,
    ...Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const size = statSync(layout.logFile, { throwIfNoEntry: false })?.size ?? 0;
  const log = openSync(layout.logFile, size > logLimitBytes ? 'w' : 'a', 0o600);
  const logFrom = size > logLimitBytes ? 0 : size;
  let exited = false;
  let failure = '';
  try {
    const child = spawn(command, args, {
      ...options,
      env: binaries.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.on('exit', () => {
      exited = true;
    });
    child.on('error', (error) => {
      failure = messageOf(error);
      exited = true;
    });
    child.unref();
  } finally {
    closeSync(log);
  }
  return {
    exited: () => exited,
    log: () => `${failure}${readFileSync(layout.logFile, 'utf8').slice(logFrom)}`.trim(),
  };
}

/** Creates the socket directory under another name and renames it when it is private, so that other processes see a private one or none. */
export function makeSocketDir(socketDir: string, user: ServerUser): void {
  try {
    if (socketDirExists(socketDir, user.uid)) return;
    const made = mkdtempSync(`${socketDir}-`);
    try {
      if (user.mode !== 'self') chownSync(made, user.uid, user.gid);
      renameSync(made, socketDir);
    } catch (error) {
      rmdirSync(made);
      throw error;
    }
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw embeddedError(`the socket directory ${socketDir} cannot be made: ${messageOf(cause)}`, 'make /tmp writable', cause);
  }
}

/** Removes the socket directory after a stop, if empty, and links to libraries. The caller holds the start lock and has seen the server end. */
export function removeSocketDir(layout: Layout): void {
  const uid = databaseOwner(layout);
  if (uid === undefined) return;
  rmSync(librariesDirOf(layout), { recursive: true, force: true });
  try {
    rmdirSync(socketDirOf(layout, uid));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Sends a signal. Returns false if the process has ended. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw embeddedError(`process ${pid} cannot be signalled: ${messageOf(error)}`, 'run as the user who started it', error);
  }
}
