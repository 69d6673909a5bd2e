import { findStudy } from '../../storage/readers/find.ts';
import { refuseFrozen } from '../../storage/sql/frozen.ts';
import type { StoppingEvent, SupervisorEvent } from '../events.ts';
import { capacityPerDevice, devicesFor } from '../machine/capacity.ts';
import { superviseDevices, type WorkDone } from './supervise-devices.ts';
import { type SupervisedOptions, supervised } from './supervised.ts';

export interface WorkStudiesOptions extends SupervisedOptions {
  /** Names of studies (empty: all, including those created later). */
  readonly studies: readonly string[];
  /** Drains after this time: no new trials, the running ones finish. */
  readonly drainAfterMs?: number | undefined;
  readonly onProgress?: ((event: WorkStudiesEvent) => void) | undefined;
}

export type WorkStudiesEvent = SupervisorEvent | StoppingEvent;

export interface WorkSummary extends Omit<WorkDone, 'sourceChanged'> {
  readonly durationMs: number;
}

/**
 * Works on studies that are already open. Ends when the named studies are finished; without names, only when it is stopped.
 * Trials of a study whose source or packages differ here, or that needs more than this machine has, stay in the queue.
 * @throws AssayError `not_found` for a study that does not exist, `conflict` for a named one that is frozen, `database_unavailable`, `unavailable` (a named study fits no device; workers keep dying).
 */
export async function workStudies(options: WorkStudiesOptions): Promise<WorkSummary> {
  const { threadMemoryMb = null, devices = ['cpu'] } = options;
  const startedAtMs = performance.now();
  const onStop = (event: StoppingEvent): void => options.onProgress?.(event);
  return supervised(options, { timeoutMs: options.drainAfterMs, onStop }, async ({ connection, control, setup }) => {
    const named: number[] = [];
    const share = capacityPerDevice(devices.length, options.workers);
    for (const name of options.studies) {
      const study = await findStudy(connection.db, name);
      await refuseFrozen(connection.db, study);
      devicesFor(study, devices, share);
      named.push(study.id);
    }
    const { end, by, ended } = await superviseDevices({
      setup: {
        ...setup,
        share,
        threadMemoryMb,
        studies: named.length === 0 ? null : [...new Set(named)],
        otherSource: 'leave',
        inOrder: false,
      },
      devices,
      control,
      onEvent: (event) => options.onProgress?.(event),
    });
    return { end, by, ended, durationMs: performance.now() - startedAtMs };
  });
}
