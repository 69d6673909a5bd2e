import type { Device } from '../../search/study/trial-context.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import type { Control } from '../stop/control.ts';
import type { WorkEnd, WorkerSetup } from '../worker/events.ts';
import { type SupervisorEvent, supervise } from './supervise.ts';

export interface WorkDone {
  /** `finished`: the budget is used up and every trial has ended. */
  readonly end: 'finished' | 'drained' | 'stopped';
  /** Who stopped it: `Ctrl-C`, `SIGTERM`, `the time limit`; null when finished. */
  readonly by: string | null;
  /** Of the trials that ended here, how. */
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
 * Keep one worker process per device at work until all are done.
 * @throws AssayError what the first worker to fail gave up on; the others are stopped before.
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

/** All of them; when one fails the others are stopped, and waited for, before the failure goes on. */
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
