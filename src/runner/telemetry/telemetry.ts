import { messageOf } from '../../core/errors.ts';
import type { Storage } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { WorkerEvent } from '../worker/events.ts';
import { runRepeatedly } from '../worker/run-repeatedly.ts';
import { observed, type StorageObserver } from './observed-storage.ts';
import { openTraces } from './traces.ts';
import { createWorkerStatistics } from './worker-statistics.ts';

export interface TelemetryOptions {
  /** How the worker signs its leases. */
  readonly worker: string;
  readonly device: Device;
  readonly threads: number;
  /** Whether anybody asks for figures. */
  readonly measured: boolean;
  readonly tell: (event: WorkerEvent) => void;
}

/** What watches a worker at work; where neither figures nor spans are wanted it does nothing and loads nothing. */
export interface Telemetry {
  /** Told and, where wanted, counted. */
  readonly onEvent: (event: WorkerEvent) => void;
  readonly watch: (storage: Storage) => Storage;
  readonly close: () => Promise<void>;
}

/** Prometheus asks every 15 seconds or so. */
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
    const sendStatistics = async (): Promise<void> => tell({ kind: 'figures', device, figures: await statistics.read() });
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

/** What fails every few seconds is said once for each reason. */
function oncePerMessage(say: (message: string) => void): (error: unknown) => void {
  const reported = new Set<string>();
  return (error) => {
    const message = messageOf(error);
    if (reported.has(message)) return;
    reported.add(message);
    say(message);
  };
}
