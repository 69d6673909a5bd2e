import { hostname } from 'node:os';
import { messageOf } from '../../core/errors.ts';
import { sweepDrafts } from '../../storage/artifacts/drafts.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import { openDatabase } from '../../storage/open.ts';
import { listSources } from '../../storage/readers/list-sources.ts';
import { createStorage } from '../../storage/storage.ts';
import { listenForChanges } from '../../storage/study-changes.ts';
import type { Capacity } from '../capacity.ts';
import { cachedDatasets } from '../dataset-cache.ts';
import { createPool } from '../pool/pool.ts';
import { ranOn } from '../ran-on.ts';
import { createStopping } from '../stopping.ts';
import { openTelemetry } from '../telemetry/telemetry.ts';
import { type FromWorker, faultOf, misfitEvent, type ToWorker, type WorkEnd, type WorkerEvent, type WorkerSetup } from './events.ts';
import { misfitOf } from './misfit.ts';
import { type PersistOptions, persist, persistent } from './persistent-storage.ts';
import { watchRoom } from './room.ts';
import { type ListedStudy, type ServedStudies, serveExactly, serveWhatFits } from './served-studies.ts';
import { work } from './work.ts';

/**
 * One worker process: everything that talks to the database, while its pool of threads computes. It lives under a supervisor
 * and does not outlive it: when the channel closes, running trials go back to the queue and the process ends.
 */

/** How long a database may be away before the worker gives up and its supervisor starts another. */
const patienceMs = 60_000;
const longestFarewellMs = 10_000;

const stopping = createStopping();

function say(message: FromWorker): void {
  // A supervisor that is gone cannot be told; `disconnect` below deals with that.
  if (process.connected) process.send?.(message, () => undefined);
}

function tell(event: WorkerEvent): void {
  say({ kind: 'event', event });
}

process.on('message', (message: ToWorker) => {
  if (message.kind === 'stop') stopping.stop(message.order, message.by);
  else
    runWorker(message.setup).then(
      (end) => leave({ kind: 'ended', end }, 0),
      (error: unknown) => leave({ kind: 'fatal', error: faultOf(error) }, 1),
    );
});
process.on('disconnect', () => {
  stopping.stop('release', 'the end of its supervisor');
  // Nobody would ever notice a process that hangs here.
  setTimeout(() => process.exit(1), longestFarewellMs).unref();
});
// Whoever read the output may be gone as well.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.stop('release', signal));

async function runWorker(setup: WorkerSetup): Promise<WorkEnd> {
  const { studies, otherSource, device, share, leaseMs, graceMs, threadMemoryMb, dataDir } = setup;
  const databaseUrl = setup.databaseUrl ?? undefined;
  const name = `${hostname()}:${process.pid}:${device}`;
  const connection = await openDatabase({ databaseUrl, dataDir });
  await sweepDrafts(dataDir);
  const telemetry = await openTelemetry({ worker: name, device, threads: share.slots, measured: setup.measured, tell });
  const { onEvent } = telemetry;
  const pool = createPool({
    threads: share.slots,
    dataDir,
    ...(threadMemoryMb === null ? {} : { threadMemoryMb }),
    onStray: (error) => onEvent({ kind: 'log', text: `error outside any trial: ${error.message}` }),
  });
  const changes = await listenForChanges(connection.sessions);
  const artifacts = createArtifactStore(dataDir);
  const persistence: PersistOptions = {
    patienceMs,
    // An embedded server that was killed is started again by whoever opens it next.
    revive: async () => (await openDatabase({ databaseUrl, dataDir, poolSize: 1 })).close(),
    onRetry: (error) => onEvent({ kind: 'database-retry', message: messageOf(error) }),
  };
  const capacity: Capacity = { device, ...share };
  const list = (): Promise<readonly ListedStudy[]> => persist(() => listSources(connection.db, studies), persistence);
  const serve = (): Promise<ServedStudies> =>
    serveWhatFits({
      list,
      open: studies === null,
      share,
      misfitOf: (study) => misfitOf(study, capacity),
      onMisfit: (study, misfit) => onEvent(misfitEvent(study.name, study, misfit)),
    });
  try {
    return await work({
      name,
      studies: otherSource === 'leave' || studies === null ? await serve() : serveExactly(await list(), share),
      otherSource,
      leaseMs,
      graceMs,
      device,
      pool,
      stopping,
      onEvent,
      announced: changes.announced,
      onChange: (listener) => changes.onChange(studies, listener),
      ranOn: await ranOn(device),
      misfitOf: (claimed) => misfitOf(claimed, capacity),
      room: watchRoom({ dataDir, say: (text) => onEvent({ kind: 'log', text }) }),
      artifacts,
      dataset: cachedDatasets(dataDir),
      storage: persistent(telemetry.watch(createStorage(connection.db)), persistence),
    });
  } finally {
    changes.close();
    await pool.close();
    // A thread that was ended while it wrote has left its draft.
    await sweepDrafts(dataDir, { own: true });
    await telemetry.close();
    await connection.close();
  }
}

/** The last message must be out before the process is. Native code may hold the event loop open, so nothing waits for it to run dry. */
function leave(message: FromWorker, exitCode: number): void {
  if (!process.connected) process.exit(exitCode);
  process.send?.(message, () => process.exit(exitCode));
}
