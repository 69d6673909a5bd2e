import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { AssayError, messageOf } from '../../core/errors.ts';
import { sweepDrafts } from '../../storage/artifacts/drafts.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { Connection } from '../../storage/connect.ts';
import { openDatabase } from '../../storage/open.ts';
import { listSources } from '../../storage/readers/list-sources.ts';
import { readVault } from '../../storage/readers/vault.ts';
import { createStorage } from '../../storage/storage.ts';
import { listenForChanges } from '../../storage/study-changes.ts';
import { cachedDatasets } from '../datasets/cache.ts';
import type { WorkerEvent } from '../events.ts';
import type { Capacity } from '../machine/capacity.ts';
import { createDiskGuard } from '../machine/disk-guard.ts';
import { runtimeInfo } from '../machine/runtime-info.ts';
import { createPool } from '../pool/pool.ts';
import type { StopState } from '../stop/stop-state.ts';
import { observed } from '../telemetry/observed-storage.ts';
import { openTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { type Contact, watchContact, workerAnswerMs } from './contact.ts';
import { incompatibilityOf, incompatibleEvent } from './incompatibility.ts';
import type { WorkEnd, WorkerSetup } from './messages.ts';
import { type PersistOptions, persist, persistent } from './persistent-storage.ts';
import { type ListedStudy, type ServedStudies, serveExactly, serveWhatFits } from './served-studies.ts';
import { work } from './work.ts';

/** Time limit for opening a session; a restored network is noticed within it. */
const connectMs = 5000;
/** Time that pending calls have when a worker stops, such as a claim whose trial has to be given back. */
const lastAnswerMs = 2000;
/** The same failure is reported in full once in this time; repetitions are marked. */
const retoldAfterMs = 60_000;

/** Context of one worker's work. */
interface Around {
  readonly setup: WorkerSetup;
  /** The worker's name in its leases. */
  readonly name: string;
  readonly stopping: StopState;
  readonly telemetry: Telemetry;
  readonly contact: Contact;
  readonly persistence: PersistOptions;
}

/** Works until the studies are finished or a stop is requested. Waits for an unavailable database, also at the start. */
export async function runWorker(setup: WorkerSetup, stopping: StopState, tell: (event: WorkerEvent) => void): Promise<WorkEnd> {
  const halted = new AbortController();
  // Every call to the database adds a listener.
  setMaxListeners(0, halted.signal);
  const halt = (): void => halted.abort(new AssayError('database_unavailable', 'stopped while the database did not answer'));
  stopping.onRequest(halt);
  if (stopping.request() !== null) halt();
  const { device, share, leaseMs, measured, dataDir, databaseUrl } = setup;
  const name = `${hostname()}:${process.pid}:${device}`;
  const telemetry = await openTelemetry({ worker: name, device, threads: share.slots, measured, tell });
  const open = (poolSize?: number): Promise<Connection> =>
    openDatabase({ databaseUrl: databaseUrl ?? undefined, dataDir, poolSize, connectMs, answerMs: workerAnswerMs(leaseMs) });
  let connection: Connection | null = null;
  const contact = watchContact({
    leaseMs,
    ask: () => connection?.pool.query('select 1') ?? null,
    tell: ({ kind, ...event }) => telemetry.onEvent({ kind: `database-${kind}`, device, ...event } as WorkerEvent),
  });
  const tellRetry = toldOnceAWhile(telemetry.onEvent);
  const persistence: PersistOptions = {
    patienceMs: Number.POSITIVE_INFINITY,
    // Opening the database restarts an embedded server that was killed.
    revive: async () => (await open(1)).close({ graceMs: 0 }),
    onRetry: (error) => {
      contact.failed(error);
      tellRetry(error);
    },
    until: halted.signal,
    farewellMs: lastAnswerMs,
    answerMs: workerAnswerMs(leaseMs),
  };
  try {
    connection = await persist(() => open(), persistence);
    return await workOn(connection, { setup, name, stopping, telemetry, contact, persistence });
  } catch (error) {
    // The stop request ended the wait for the database.
    if (error !== halted.signal.reason) throw error;
    return stopping.request() === 'drain' ? 'drained' : 'stopped';
  } finally {
    contact.close();
    await telemetry.close();
    await connection?.close({ graceMs: 0 });
  }
}

async function workOn(connection: Connection, { setup, name, stopping, telemetry, contact, persistence }: Around): Promise<WorkEnd> {
  const { studies, otherSource, inOrder, device, share, leaseMs, graceMs, threadMemoryMb, dataDir } = setup;
  const { onEvent } = telemetry;
  await sweepDrafts(dataDir);
  const pool = createPool({
    threads: share.slots,
    dataDir,
    ...(threadMemoryMb === null ? {} : { threadMemoryMb }),
    onStray: (error) => onEvent({ kind: 'log', text: `error outside any trial: ${error.message}` }),
  });
  const changes = await persist(() => listenForChanges(connection.sessions), persistence);
  const artifacts = createArtifactStore(dataDir);
  const capacity: Capacity = { device, ...share };
  const list = (): Promise<readonly ListedStudy[]> => persist(() => listSources(connection.db, studies), persistence);
  const serve = (): Promise<ServedStudies> =>
    serveWhatFits({
      list,
      open: studies === null,
      share,
      incompatibilityOf: (study) => incompatibilityOf(study, capacity),
      onIncompatible: (study, incompatibility) => onEvent(incompatibleEvent(study.name, study, incompatibility)),
    });
  const watched = telemetry.watch(observed(createStorage(connection.db), [contact.observe]));
  // When the lease has run out, retrying a trial's verbs is useless.
  const storage = persistent(watched, persistence, () => ({ until: contact.period(), farewellMs: 0 }));
  try {
    return await work({
      name,
      studies: otherSource === 'leave' || studies === null ? await serve() : serveExactly(await list(), share),
      otherSource,
      inOrder,
      leaseMs,
      graceMs,
      device,
      pool,
      stopping,
      onEvent,
      announced: changes.announced,
      onChange: (listener) => changes.onChange(studies, listener),
      onSilence: contact.onSilence,
      ranOn: await runtimeInfo(device),
      incompatibilityOf: (claimed) => incompatibilityOf(claimed, capacity),
      disk: createDiskGuard({ dataDir, say: (text) => onEvent({ kind: 'log', text }) }),
      artifacts,
      dataset: cachedDatasets(dataDir, {
        vaultOf: (study) => persist(() => readVault(connection.db, study), persistence),
        recordDays: storage.recordDataDays,
      }),
      storage,
    });
  } finally {
    changes.close();
    await pool.close();
    // A thread that was ended while writing leaves its draft.
    await sweepDrafts(dataDir, { own: true });
  }
}

/** Returns a reporter of failures as events that marks a message reported recently as `repeated`. */
function toldOnceAWhile(onEvent: (event: WorkerEvent) => void): (error: unknown) => void {
  const toldAtMs = new Map<string, number>();
  return (error) => {
    const message = messageOf(error);
    const now = performance.now();
    const repeated = now - (toldAtMs.get(message) ?? Number.NEGATIVE_INFINITY) < retoldAfterMs;
    if (!repeated) toldAtMs.set(message, now);
    onEvent({ kind: 'database-retry', message, ...(repeated && { repeated }) });
  };
}
