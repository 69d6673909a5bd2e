import { setTimeout as sleep } from 'node:timers/promises';
import { type Attachment, claimIfIdle, connectToServer, tryAttach } from './attachment.ts';
import { packagedNativeDir, prepareBinaries } from './binaries.ts';
import { databaseVersion, ensureDatabaseDirectory } from './database-directory.ts';
import { embeddedError } from './embedded-error.ts';
import { createDataDir, databaseOwner, type Layout, layoutOf, urlOf } from './layout.ts';
import { clearRemains, type Launched, launch, livingPostmaster, removeSocketDir, signal } from './postmaster.ts';
import { findProcess } from './processes.ts';
import { serverUser } from './server-user.ts';
import { tryStartLock } from './start-lock.ts';

export interface EmbeddedOptions {
  /** Folder of the server's files, with the database in `postgres`. Default: ASSAY_DATA_DIR, else `data` in the checkout. */
  readonly dataDir?: string | undefined;
  /** The PostgreSQL build (bin, lib, share). Default: the npm package for this machine. */
  readonly nativeDir?: string | undefined;
}

export interface EmbeddedServer {
  /** Connection string for psql and any driver. Contains no secret, because only the owner can open the socket's directory. */
  readonly url: string;
  readonly dataDir: string;
  readonly version: string;
  /** True if this call started the server. */
  readonly started: boolean;
  /** Releases the hold on the server, which keeps running. Until then `stopIfIdle` does not stop it. */
  readonly release: () => Promise<void>;
}

export interface EmbeddedStatus {
  readonly running: boolean;
  /** Process id of the server's main process. */
  readonly pid: number | undefined;
  readonly dataDir: string;
  /** (undefined: not running) */
  readonly url: string | undefined;
  /** Version of the running server, else the major version of its files (undefined: there is no database). */
  readonly version: string | undefined;
  readonly logFile: string;
}

interface NotRunning {
  readonly state: 'not-running';
}

export type StopOutcome = NotRunning | { readonly state: 'stopped' } | { readonly state: 'in-use'; readonly sessions: number };

/** Allows for crash recovery of a large database; a normal start takes half a second. */
const startLimitMs = 60_000;
const stopLimitMs = 60_000;
const pollMs = 15;

/**
 * Attaches to the data directory's server; creates the database and starts the server if needed. Any number of
 * processes may do so at once. The server has its own session and outlives this process.
 *
 * @throws AssayError `database_unavailable`, with a hint
 */
export async function attachEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const asked = layoutOf(options.dataDir);
  const running = await tryAttach(asked);
  if (running !== undefined) return serverOf(asked, running, false);
  const layout = createDataDir(asked);
  const { attachment, started } = await attachOrStart(layout, options);
  return serverOf(layout, attachment, started);
}

/** Returns the state of the server; changes nothing. */
export async function embeddedStatus(options: EmbeddedOptions = {}): Promise<EmbeddedStatus> {
  const layout = layoutOf(options.dataDir);
  const { dataDir, logFile } = layout;
  const attachment = await tryAttach(layout);
  if (attachment === undefined) {
    return {
      running: false,
      pid: undefined,
      dataDir,
      url: undefined,
      version: databaseVersion(layout),
      logFile,
    };
  }
  const status = {
    running: true,
    pid: livingPostmaster(layout),
    dataDir,
    logFile,
  };
  await attachment.release();
  return {
    ...status,
    url: urlOf(attachment.socketDir),
    version: attachment.serverVersion,
  };
}

/** Stops the server even if it is in use: sessions end with an error, acknowledged commits are kept. */
export async function stopEmbedded(options: EmbeddedOptions = {}): Promise<StopOutcome> {
  return withStartLock(options, async (layout) => {
    const pid = livingPostmaster(layout);
    if (pid === undefined) return { state: 'not-running' };
    signal(pid, 'SIGINT');
    await untilGone(layout, pid);
    return { state: 'stopped' };
  });
}

/** Stops the server only if no process is attached and no other session is open. */
export async function stopIfIdle(options: EmbeddedOptions = {}): Promise<StopOutcome> {
  return withStartLock(options, async (layout) => {
    const client = await connectToServer(layout);
    const pid = livingPostmaster(layout);
    if (client === undefined || pid === undefined) return { state: 'not-running' };
    try {
      const { alone, sessions } = await claimIfIdle(client);
      if (!alone) return { state: 'in-use', sessions };
      // "Smart" shutdown: sessions opened since the count are served to their end, new ones are refused.
      signal(pid, 'SIGTERM');
      await untilRefusing(layout);
    } finally {
      await client.end();
    }
    await untilGone(layout, pid);
    return { state: 'stopped' };
  });
}

function serverOf({ dataDir }: Layout, { socketDir, serverVersion, release }: Attachment, started: boolean): EmbeddedServer {
  return {
    url: urlOf(socketDir),
    dataDir,
    version: serverVersion,
    started,
    release,
  };
}

interface Attached {
  readonly attachment: Attachment;
  readonly started: boolean;
}

/** Starts the server if this process gets the lock; otherwise attaches as soon as it answers. */
async function attachOrStart(layout: Layout, options: EmbeddedOptions): Promise<Attached> {
  const deadline = Date.now() + startLimitMs;
  for (;;) {
    const attachment = await tryAttach(layout);
    if (attachment !== undefined) return { attachment, started: false };
    const lock = tryStartLock(layout.lockDir);
    if (lock !== undefined) {
      try {
        return await start(layout, options, deadline);
      } finally {
        lock.release();
      }
    }
    await pause(deadline, layout);
  }
}

async function start(layout: Layout, options: EmbeddedOptions, deadline: number): Promise<Attached> {
  let launched: Launched | undefined;
  let started = false;
  for (;;) {
    const attachment = await tryAttach(layout);
    if (attachment !== undefined) return { attachment, started };
    if (launched?.exited() === true) {
      if (!isTransient(launched.log())) throw startFailure(layout, launched.log());
      launched = undefined;
    }
    // A live server that does not answer is recovering or shutting down; both end without help.
    if (launched === undefined && livingPostmaster(layout) === undefined) {
      clearRemains(layout);
      const binaries = prepareBinaries(options.nativeDir ?? packagedNativeDir(), layout);
      const user = serverUser(databaseOwner(layout), [layout.dataDir, binaries.initdb, binaries.postgres]);
      await ensureDatabaseDirectory(layout, binaries, user);
      launched = launch(layout, binaries, user);
      started = true;
    }
    await pause(deadline, layout);
  }
}

/** True for a failed start that is worth a retry: backends of a killed server still hold its memory, or its lock file reappeared. */
function isTransient(log: string): boolean {
  return log.includes('pre-existing shared memory block') || log.includes('lock file "postmaster.pid" already exists');
}

function startFailure(layout: Layout, log: string): Error {
  const reason = log.split('\n').findLast((line) => /FATAL|PANIC|ERROR|error/.test(line)) ?? log;
  return embeddedError(`the server ended at its start: ${reason.trim()}`, `look at ${layout.logFile}`);
}

async function pause(deadline: number, layout: Layout): Promise<void> {
  if (Date.now() > deadline) {
    const pid = livingPostmaster(layout);
    throw embeddedError(
      `no answer within ${startLimitMs / 1000} s from ${pid === undefined ? 'the server' : `the server, process ${pid},`} of ${layout.dataDir}`,
      `look at ${layout.logFile}${pid === undefined ? '' : `, stop it with \`kill ${pid}\` and try again`}`,
    );
  }
  await sleep(pollMs);
}

async function untilGone(layout: Layout, pid: number): Promise<void> {
  const deadline = Date.now() + stopLimitMs;
  while (livingPostmaster(layout) === pid || findProcess(pid) !== undefined) {
    if (Date.now() > deadline) throw embeddedError(`process ${pid} does not end`, `look at ${layout.logFile}`);
    await sleep(pollMs);
  }
  removeSocketDir(layout);
}

/** Waits until the server refuses sessions: a process that attached before would be refused its second session. */
async function untilRefusing(layout: Layout): Promise<void> {
  for (;;) {
    const newcomer = await connectToServer(layout);
    if (newcomer === undefined) return;
    await newcomer.end();
  }
}

async function withStartLock<T>(options: EmbeddedOptions, act: (layout: Layout) => Promise<T>): Promise<T | NotRunning> {
  const layout = layoutOf(options.dataDir);
  if (databaseOwner(layout) === undefined) return { state: 'not-running' };
  const deadline = Date.now() + stopLimitMs;
  for (;;) {
    const lock = tryStartLock(layout.lockDir);
    if (lock !== undefined) {
      try {
        return await act(layout);
      } finally {
        lock.release();
      }
    }
    await pause(deadline, layout);
  }
}
