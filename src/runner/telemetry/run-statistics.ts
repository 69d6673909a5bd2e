import type { Device } from '../../search/study/trial-context.ts';
import type { RunEvent } from '../events.ts';
import type { MetricsText } from './worker-statistics.ts';

/** Prometheus metrics of a run. */
export interface RunStatistics {
  readonly observe: (event: RunEvent) => void;
  /** The text exposition format, version 0.0.4. */
  readonly text: () => Promise<string>;
  /** Says why no trial can run: no worker has started, or which workers get no answer from the database (null: neither). */
  readonly unwell: () => string | null;
}

/** Time that the first worker has to start. Before it the database is opened, which may not answer. */
const startMs = 30_000;

/** Counts the events of a run, which begins now; the workers' own statistics arrive as events, too. */
export async function createRunStatistics(): Promise<RunStatistics> {
  const { AggregatorRegistry, Counter, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const workers = new Map<Device, MetricsText>();
  const begunAtMs = performance.now();
  let hasStarted = false;
  /** Start of the silence, by this process's clock. */
  const silentSinceMs = new Map<Device, number>();

  const ended = new Counter({ name: 'assay_trials_ended_total', help: 'Trials that ended here', labelNames: ['outcome'], registers });
  const seconds = new Counter({ name: 'assay_trial_seconds_total', help: 'Total duration of the trials that ended', registers });
  const released = new Counter({ name: 'assay_trials_released_total', help: 'Trials given back to the queue', registers });
  const paused = new Counter({ name: 'assay_trials_paused_total', help: 'Trials that were paused here', registers });
  const lost = new Counter({ name: 'assay_leases_lost_total', help: 'Attempts whose trial another worker or a control took', registers });
  const reaped = new Counter({ name: 'assay_trials_reaped_total', help: 'Trials of silent workers that were taken back', registers });
  const retries = new Counter({ name: 'assay_database_retries_total', help: 'Calls made again because the database was away', registers });
  const deaths = new Counter({ name: 'assay_worker_deaths_total', help: 'Worker processes that died', labelNames: ['device'], registers });

  return {
    observe: (event) => {
      if (event.kind === 'worker-started') hasStarted = true;
      else if (event.kind === 'worker-died') {
        deaths.inc({ device: event.device });
        workers.delete(event.device);
        silentSinceMs.delete(event.device);
      } else if (event.kind === 'trial-finished') {
        ended.inc({ outcome: event.outcome.kind });
        seconds.inc(event.durationMs / 1000);
      } else if (event.kind === 'trial-released') released.inc();
      else if (event.kind === 'trial-paused') paused.inc();
      else if (event.kind === 'trial-lost') lost.inc();
      else if (event.kind === 'reaped') reaped.inc(event.requeued.length + event.failed.length);
      else if (event.kind === 'database-retry') retries.inc();
      else if (event.kind === 'database-silent') silentSinceMs.set(event.device, performance.now() - event.silentMs);
      else if (event.kind === 'database-answers') silentSinceMs.delete(event.device);
      else if (event.kind === 'statistics') workers.set(event.device, event.metrics);
    },
    unwell: () => {
      const waitedMs = performance.now() - begunAtMs;
      if (!hasStarted && waitedMs >= startMs) return `no worker has started for ${Math.round(waitedMs / 1000)} s`;
      const said = [...silentSinceMs].map(([device, sinceMs]) => {
        const seconds = Math.round((performance.now() - sinceMs) / 1000);
        return `no answer from the database for ${seconds} s on ${device}`;
      });
      return said.length === 0 ? null : said.join('; ');
    },
    text: async () => {
      const all = AggregatorRegistry.aggregate([...workers.values()].map((metrics) => [...metrics]));
      return `${await registry.metrics()}\n${await all.metrics()}`;
    },
  };
}
