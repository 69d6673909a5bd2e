import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { Device } from '../../search/study/trial-context.ts';
import type { WorkerEvent } from '../events.ts';
import type { StorageObserver } from './observed-storage.ts';

/** Metrics of one process in prom-client's form for transfer between processes: plain data. */
export type MetricsText = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface WorkerStatistics {
  readonly observe: StorageObserver;
  readonly hear: (event: WorkerEvent) => void;
  readonly read: () => Promise<MetricsText>;
}

/** Seconds: from fractions of a millisecond on a local socket to a minute of network outage. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** Metrics of one worker process: duration of each verb of the storage, busy threads, resource usage. */
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
  const running = new Gauge({ name: 'assay_trials_running', help: 'Running trials; divided by the slots: the utilisation', registers });
  new Gauge({ name: 'assay_trial_slots', help: 'Trials that can run at once', registers }).set(threads);

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
