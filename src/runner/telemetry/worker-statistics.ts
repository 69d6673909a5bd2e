import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Device } from '../../search/study/trial-context.ts';
import type { WorkerEvent } from '../worker/events.ts';
import type { StorageObserver } from './observed-storage.ts';

/** Figures of one process as prom-client hands them from process to process: plain data. */
export type MetricsText = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface WorkerStatistics {
  readonly observe: StorageObserver;
  readonly hear: (event: WorkerEvent) => void;
  readonly read: () => Promise<MetricsText>;
}

/** Fractions of a millisecond on a socket of this machine, up to minutes behind a network that is away. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** What one worker process knows: the time of each verb of the storage, how many of its threads are busy, what the process uses. */
export async function createWorkerStatistics({
  device,
  threads,
}: {
  readonly device: Device;
  readonly threads: number;
}): Promise<WorkerStatistics> {
  const { collectDefaultMetrics, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  registry.setDefaultLabels({ device });
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: 'assay_worker_' });
  const seconds = new Histogram({
    name: 'assay_storage_seconds',
    help: 'Time of a verb of the storage (take, report, finish, …), the sampler and the database included',
    labelNames: ['verb', 'ending'],
    buckets,
    registers,
  });
  const running = new Gauge({ name: 'assay_trials_running', help: 'Trials under way; over the slots it is the utilisation', registers });
  new Gauge({ name: 'assay_trial_slots', help: 'Trials that can be under way at once', registers }).set(threads);

  return {
    observe: ({ verb }) => {
      const startedAtMs = performance.now();
      return ({ kind }) => seconds.observe({ verb, ending: kind }, (performance.now() - startedAtMs) / 1000);
    },
    hear: ({ kind }) => {
      if (kind === 'trial-started') running.inc();
      if (kind === 'trial-finished' || kind === 'trial-released' || kind === 'trial-paused' || kind === 'trial-lost') running.dec();
    },
    read: () => registry.getMetricsAsJSON(),
  };
}
