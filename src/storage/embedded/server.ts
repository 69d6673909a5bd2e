import { join } from 'node:path';
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
  /** The server's files are below it, the database in `postgres`. Default: ASSAY_DATA_DIR, else `data` in the checkout. */
  readonly dataDir?: string | undefined;
  /** The PostgreSQL build (bin, lib, share). Default: the npm package for this machine. */
  readonly nativeDir?: string | undefined;
}

export interface EmbeddedServer {
  /** For psql and any driver. It holds no secret: only the owner can open the socket's directory. */
  readonly url: string;
  readonly dataDir: string;
  readonly version: string;
  /** True when this call started the server, false when it was running. */
  readonly started: boolean;
  /** Gives up the hold on the server, which runs on. Until then `stopIfIdle` leaves it alone. */
  readonly release: () => Promise<void>;
}

export interface EmbeddedStatus {
  readonly running: boolean;
  /** Of the server's main process. */
  readonly pid: number | undefined;
  readonly dataDir: string;
  /** Undefined while it does not run. */
  readonly url: string | undefined;
  /** As the server says while it runs, else the major version of its files; undefined where there is no database yet. */
  readonly version: string | undefined;
  readonly logFile: string;
}

interface NotRunning {
  readonly state: 'not-running';
}

export type StopOutcome = NotRunning | { readonly state: 'stopped' } | { readonly state: 'in-use'; readonly sessions: number };

/** Crash recovery of a large database takes its time; a healthy start takes half a second. */
const startLimitMs = 60_000;
const stopLimitMs = 60_000;
const pollMs = 15;

/**
 * Attaches to the data directory's server and starts it first where it does not run, making the database where there is none. Any number
 * of processes may do so at once. The server lives in a session of its own: it outlives this process, however that ends.
 *
 * @throws AssayError database_unavailable, with a hint that names the way out
 */
export async function attachEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const asked = layoutOf(options.dataDir);
  const running = await tryAttach(asked);
  if (running !== undefined) return serverOf(asked, running, false);
  const layout = createDataDir(asked);
  const { attachment, started } = await attachOrStart(layout, options);
  return serverOf(layout, attachment, started);
}

/** What is there, without changing anything. */
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

/** Stops the server although others may use it: their sessions end with an error, their acknowledged commits stay. */
export async function stopEmbedded(options: EmbeddedOptions = {}): Promise<StopOutcome> {
  return withStartLock(options, async (layout) => {
    const pid = livingPostmaster(layout);
    if (pid === undefined) return { state: 'not-running' };
    signal(pid, 'SIGINT');
    await untilGone(layout, pid);
    return { state: 'stopped' };
  });
}

/** Stops the server if nobody is attached to it and no other session is open; never cuts anybody off. */
export async function stopIfIdle(options: EmbeddedOptions = {}): Promise<StopOutcome> {
  return withStartLock(options, async (layout) => {
    const client = await connectToServer(layout);
    const pid = livingPostmaster(layout);
    if (client === undefined || pid === undefined) return { state: 'not-running' };
    try {
      const { alone, sessions } = await claimIfIdle(client);
      if (!alone) return { state: 'in-use', sessions };
      // "Smart": sessions that came in since the count are served to their end, new ones are refused.
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

/** Whoever gets the lock starts the server; the others attach as soon as it answers. */
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
    // A living one that does not answer is recovering from a crash or going down: either ends by itself.
    if (launched === undefined && livingPostmaster(layout) === undefined) {
      clearRemains(layout);
      const binaries = prepareBinaries(options.nativeDir ?? packagedNativeDir(), join(layout.dataDir, '.postgres-lib'));
      const user = serverUser(databaseOwner(layout), [layout.dataDir, binaries.initdb, binaries.postgres]);
      await ensureDatabaseDirectory(layout, binaries, user);
      launched = launch(layout, binaries, user);
      started = true;
    }
    await pause(deadline, layout);
  }
}

/** Backends of a killed server still hold its memory, or its lock file came back between the look and the start: worth another try. */
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

/** Until then a newcomer could still attach, and would then be refused its second session. */
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
