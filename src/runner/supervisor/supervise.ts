import { setTimeout as sleep } from 'node:timers/promises';
import { AssayError, assertNever, errorCodeOf } from '../../core/errors.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { SupervisorEvent } from '../events.ts';
import type { StopState } from '../stop/stop-state.ts';
import type { WorkEnd, WorkerSetup } from '../worker/messages.ts';
import { forkWorker, type WorkerEnding, type WorkerProcess } from './worker-process.ts';

export interface SuperviseOptions {
  readonly setup: WorkerSetup;
  readonly stopping: StopState;
  /** Kills the worker process when aborted; its leases run out. */
  readonly killed: AbortSignal;
  readonly onEvent: (event: SupervisorEvent) => void;
}

const firstDelayMs = 250;
const longestDelayMs = 10_000;
/** Number of deaths without a finished trial between them after which the worker is given up. */
const mostDeathsInARow = 5;
/** Time for the last queries after the grace period of the threads. */
const lastQueriesMs = 5000;

/**
 * Runs one worker process until its studies are finished or a stop is requested. A process that dies (a crash in
 * native code ends all its threads) is restarted after a pause; its trials resume when their leases run out.
 * @throws AssayError the error that the worker ended with, or `unavailable` when it keeps dying.
 */
export async function supervise({ setup, stopping, killed, onEvent }: SuperviseOptions): Promise<WorkEnd> {
  const { device } = setup;
  const halted = new AbortController();
  let child: WorkerProcess | null = null;
  let overdue: NodeJS.Timeout | undefined;
  const kill = (): void => child?.kill();

  const forget = stopping.onRequest((request) => {
    halted.abort();
    child?.stop(request, stopping.by());
    clearTimeout(overdue);
    if (request !== 'drain') overdue = setTimeout(kill, setup.graceMs + lastQueriesMs);
  });
  killed.addEventListener('abort', kill);

  try {
    for (let deaths = 0; ; ) {
      if (stopping.request() !== null) return 'stopped';
      let finishedTrial = false;
      child = forkWorker(setup, (event) => {
        finishedTrial ||= event.kind === 'trial-finished';
        onEvent(event);
      });
      onEvent({ kind: 'worker-started', device, pid: child.pid });
      const ending = await child.ending;
      if (ending.kind === 'ended') return ending.end;
      deaths = finishedTrial ? 1 : deaths + 1;
      const fault = faultOf(ending, device);
      if (ending.kind === 'fatal' && fault.code !== 'database_unavailable') throw fault;
      if (stopping.request() === null && deaths >= mostDeathsInARow) throw fault;
      const restartInMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (deaths - 1));
      onEvent({ kind: 'worker-died', device, because: fault.message, restartInMs });
      await sleep(restartInMs, undefined, { signal: halted.signal }).catch(() => undefined);
    }
  } finally {
    forget();
    clearTimeout(overdue);
    killed.removeEventListener('abort', kill);
  }
}

function faultOf(ending: Exclude<WorkerEnding, { kind: 'ended' }>, device: Device): AssayError {
  switch (ending.kind) {
    case 'fatal': {
      const { code, message, hint, place } = ending.error;
      return new AssayError(errorCodeOf(code), message, {
        ...(hint === undefined ? {} : { hint }),
        ...(place === undefined ? {} : { place }),
      });
    }
    case 'died':
      return new AssayError('unavailable', `the worker process on ${device} died (${ending.because})`, {
        hint: 'see its last output in the log above; typical causes are a crash in native code and a lack of memory',
      });
    default:
      return assertNever(ending);
  }
}
