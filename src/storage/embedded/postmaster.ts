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
import { databaseOwner, type Layout, socketDirExists, socketDirOf, socketPort } from './layout.ts';
import { allProcesses, findProcess, type ProcessInfo } from './processes.ts';
import { commandAs, type ServerUser } from './server-user.ts';

/** A small server for one team of workers. fsync and synchronous_commit keep their default, on: an acknowledged commit is on disk. */
const settings = {
  max_connections: '200',
  shared_buffers: '128MB',
  // The processor belongs to the trials.
  max_parallel_workers_per_gather: '0',
  // Worker processes for asynchronous reads gain nothing on a database this small.
  io_method: 'sync',
  // Nothing replicates from here.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  log_checkpoints: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Beyond this the log starts anew. */
const logLimitBytes = 8 * 1024 * 1024;

/** The process that runs the server of this data directory, undefined where none lives. */
export function livingPostmaster(layout: Layout): number | undefined {
  const pid = recordedPid(layout);
  const found = pid === undefined ? undefined : findProcess(pid);
  return found !== undefined && isPostmasterOf(found, layout) ? found.pid : undefined;
}

function recordedPid(layout: Layout): number | undefined {
  const file = join(layout.databaseDir, 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  return Number.isInteger(pid) ? pid : undefined;
}

/** The number in postmaster.pid may belong to any process by now: numbers start anew with every container. */
function isPostmasterOf(found: ProcessInfo, layout: Layout): boolean {
  const words = found.commandLine.split(/[\0 ]/);
  if (!basename(words[0] ?? '').startsWith('post') || words[0]!.endsWith(':')) return false;
  if (found.commandLine.includes(layout.databaseDir)) return true;
  const other = words[words.indexOf('-D') + 1];
  // Started by hand, perhaps by another name of the same directory.
  return !words.includes('-D') || other === undefined || !existsSync(other) || realpathSync(other) === layout.databaseDir;
}

/**
 * Removes what a killed server leaves and what would keep the next from starting. PostgreSQL finds a stale lock file by itself unless
 * its process number lives on, in a zombie or in a stranger; and backends that were busy when their postmaster was killed go on holding
 * its shared memory ("pre-existing shared memory block is still in use") until they next look up. The caller holds the start lock and has
 * seen that there is no living postmaster.
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

/** A server on its way up. */
export interface Launched {
  readonly exited: () => boolean;
  /** What it has said since. */
  readonly log: () => string;
}

/** Starts the server in a session of its own, so that neither Ctrl-C nor the end of this process reaches it. */
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

/** It gets its name when it is its owner's: whoever looks for a server meanwhile sees a private directory or none. */
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

/** After a stop. The caller holds the start lock and has seen the server go; what a crash left in it stays for the next start. */
export function removeSocketDir(layout: Layout): void {
  const uid = databaseOwner(layout);
  if (uid === undefined) return;
  try {
    rmdirSync(socketDirOf(layout, uid));
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** False when the process is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw embeddedError(`process ${pid} cannot be signalled: ${messageOf(error)}`, 'run as the user who started it', error);
  }
}
