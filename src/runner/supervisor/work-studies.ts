import type { Device } from '../../search/study/trial-context.ts';
import { requireSpace } from '../../storage/artifacts/free-space.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import { openDatabase } from '../../storage/open.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { capacityPerDevice, devicesFor } from '../capacity.ts';
import { takeControl } from '../control.ts';
import type { StopOrder } from '../worker/events.ts';
import type { SupervisorEvent } from './supervise.ts';
import { superviseDevices, type WorkDone } from './supervise-devices.ts';

export interface WorkStudiesOptions {
  readonly dataDir: string;
  /** Else the environment's DATABASE_URL, else the embedded server. */
  readonly databaseUrl?: string | undefined;
  /** Names; empty: every study, those that are created later too. */
  readonly studies: readonly string[];
  /** By default the processor alone. */
  readonly devices?: readonly Device[] | undefined;
  /** Threads per device; by default the machine's cores, shared out among the devices. */
  readonly workers?: number | undefined;
  /** No new trials after this long; the running ones finish. */
  readonly drainAfterMs?: number | undefined;
  /** How long trials may go on after SIGTERM before they go back to the queue. */
  readonly drainMs?: number | undefined;
  readonly leaseMs?: number | undefined;
  readonly graceMs?: number | undefined;
  readonly threadMemoryMb?: number | undefined;
  /** Whether the workers measure themselves: `figures` events. */
  readonly measured?: boolean | undefined;
  readonly onProgress?: ((event: WorkStudiesEvent) => void) | undefined;
  /** Drains when aborted. Without one, the process's own signals are obeyed. */
  readonly signal?: AbortSignal | undefined;
}

export type WorkStudiesEvent = SupervisorEvent | { readonly kind: 'stopping'; readonly order: StopOrder; readonly by: string };

export interface WorkSummary extends Omit<WorkDone, 'sourceChanged'> {
  readonly durationMs: number;
}

/**
 * Work on studies that others opened. Ends when the named studies are finished; without names, only when it is stopped.
 * A study whose source or packages here are others than it was opened with, or that needs more than this machine has, keeps its trials in
 * the queue.
 * @throws AssayError `not_found` for a study that does not exist, `database_unavailable`, `unavailable` (a named study fits no device; workers keep dying).
 */
export async function workStudies(options: WorkStudiesOptions): Promise<WorkSummary> {
  const { dataDir, databaseUrl, leaseMs = 15_000, graceMs = 2000, threadMemoryMb = null, measured = false, devices = ['cpu'] } = options;
  const startedAtMs = performance.now();
  await requireSpace(dataDir, 0);
  const connection = await openDatabase({ databaseUrl, dataDir, poolSize: 1 });
  const { signal, drainAfterMs, drainMs } = options;
  const onStop = (order: StopOrder, by: string): void => options.onProgress?.({ kind: 'stopping', order, by });
  const control = takeControl({ signal, timeoutMs: drainAfterMs, drainMs, onStop });
  try {
    const named: number[] = [];
    const share = capacityPerDevice(devices.length, options.workers);
    for (const name of options.studies) {
      const study = await findStudy(connection.db, name);
      devicesFor(study, devices, share);
      named.push(study.id);
    }
    const { end, by, ended } = await superviseDevices({
      setup: {
        studies: named.length === 0 ? null : [...new Set(named)],
        otherSource: 'leave',
        share,
        leaseMs,
        graceMs,
        threadMemoryMb,
        measured,
        databaseUrl: databaseUrl ?? null,
        dataDir,
      },
      devices,
      control,
      onEvent: (event) => options.onProgress?.(event),
    });
    return { end, by, ended, durationMs: performance.now() - startedAtMs };
  } catch (error) {
    throw databaseFault(error) ?? error;
  } finally {
    control.dispose();
    await connection.close();
  }
}
