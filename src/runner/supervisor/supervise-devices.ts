import type { Device } from '../../search/study/trial-context.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import type { SupervisorEvent } from '../events.ts';
import type { Control } from '../stop/control.ts';
import type { WorkEnd, WorkerSetup } from '../worker/messages.ts';
import { supervise } from './supervise.ts';

export interface WorkDone {
  /** `finished`: the budget is used up and every trial has ended. */
  readonly end: 'finished' | 'drained' | 'stopped';
  /** Source of the stop request: `Ctrl-C`, `SIGTERM`, `the time limit` (null: finished). */
  readonly by: string | null;
  /** Number of trials that ended here, by outcome. */
  readonly ended: Readonly<Record<Outcome['kind'], number>>;
  readonly sourceChanged: boolean;
}

export interface DevicesOptions {
  readonly setup: Omit<WorkerSetup, 'device'>;
  readonly devices: readonly Device[];
  readonly control: Control;
  readonly onEvent: (event: SupervisorEvent) => void;
}

/**
 * Runs one worker process per device until all are done.
 * @throws AssayError the error of the first worker to fail, after the others are stopped.
 */
export async function superviseDevices({ setup, devices, control, onEvent }: DevicesOptions): Promise<WorkDone> {
  const { stopping, killed } = control;
  const ended = { complete: 0, pruned: 0, failed: 0, cancelled: 0 };
  const count = (event: SupervisorEvent): void => {
    if (event.kind === 'trial-finished') ended[event.outcome.kind] += 1;
    onEvent(event);
  };
  const ends = await combined(
    devices.map((device) => supervise({ setup: { ...setup, device }, stopping, killed, onEvent: count })),
    () => stopping.stop('release', 'the failure of another worker'),
  );
  const end = endOf(ends);
  return { end, by: end === 'finished' ? null : stopping.by(), ended, sourceChanged: ends.includes('source-changed') };
}

/** Waits for all promises. The first rejection stops the others; it is thrown when all have settled. */
async function combined<T>(promises: readonly Promise<T>[], stopOthers: () => void): Promise<readonly T[]> {
  const settled = await Promise.allSettled(
    promises.map((promise) =>
      promise.catch((error: unknown) => {
        if (promises.length > 1) stopOthers();
        throw error;
      }),
    ),
  );
  return settled.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

function endOf(ends: readonly WorkEnd[]): WorkDone['end'] {
  if (ends.every((end) => end === 'finished')) return 'finished';
  return ends.includes('stopped') ? 'stopped' : 'drained';
}
