import { messageOf } from '../../core/errors.ts';
import { runRepeatedly } from '../../core/run-repeatedly.ts';
import type { Storage } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { WorkerEvent } from '../events.ts';
import { observed, type StorageObserver } from './observed-storage.ts';
import { openTraces } from './traces.ts';
import { createWorkerStatistics } from './worker-statistics.ts';

export interface TelemetryOptions {
  /** The worker's name in its leases. */
  readonly worker: string;
  readonly device: Device;
  readonly threads: number;
  /** True if statistics are wanted. */
  readonly measured: boolean;
  readonly tell: (event: WorkerEvent) => void;
}

/** Statistics and traces of a worker. Loads nothing where neither is wanted. */
export interface Telemetry {
  /** Forwards an event and counts it. */
  readonly onEvent: (event: WorkerEvent) => void;
  readonly watch: (storage: Storage) => Storage;
  readonly close: () => Promise<void>;
}

/** Shorter than the usual scrape interval of Prometheus, 15 s. */
const sendEveryMs = 5000;

export async function openTelemetry({ worker, device, threads, measured, tell }: TelemetryOptions): Promise<Telemetry> {
  const observers: StorageObserver[] = [];
  const closers: (() => Promise<void> | void)[] = [];
  let onEvent = tell;

  const traces = await openTraces(process.env, worker);
  if (traces !== null) {
    observers.push(traces.observe);
    closers.push(traces.close);
  }
  if (measured) {
    const statistics = await createWorkerStatistics({ device, threads });
    const sendStatistics = async (): Promise<void> => tell({ kind: 'statistics', device, metrics: await statistics.read() });
    const onFailure = oncePerMessage((message) => tell({ kind: 'log', text: `cannot measure the worker on ${device}: ${message}` }));
    await sendStatistics().catch(onFailure);
    observers.push(statistics.observe);
    closers.push(runRepeatedly(sendEveryMs, sendStatistics, onFailure));
    onEvent = (event) => {
      statistics.hear(event);
      tell(event);
    };
  }
  return {
    onEvent,
    watch: (storage) => observed(storage, observers),
    close: async () => {
      for (const close of closers) await close();
    },
  };
}

/** Reports each message once, for errors that recur every few seconds. */
function oncePerMessage(say: (message: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    const message = messageOf(error);
    if (reported.has(message)) return;
    reported.add(message);
    say(message);
  };
}
