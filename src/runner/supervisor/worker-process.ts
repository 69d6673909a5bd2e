import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Device } from '../../search/study/trial-context.ts';
import type { WorkerEvent } from '../events.ts';
import { workerEntry } from '../program-entries.ts';
import type { StopRequest } from '../stop/stop-state.ts';
import type { FromWorker, ToWorker, WorkEnd, WorkerSetup } from '../worker/messages.ts';

/** How a worker process ended: as its last message says, or without one (`died`). */
export type WorkerEnding =
  | { readonly kind: 'ended'; readonly end: WorkEnd }
  | Extract<FromWorker, { kind: 'fatal' }>
  | { readonly kind: 'died'; readonly because: string };

export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly stop: (request: StopRequest, by: string) => void;
  readonly kill: () => void;
  /** Settled when the process is gone and reaped. */
  readonly ending: Promise<WorkerEnding>;
}

/** Forks a worker process and starts its work. Its output becomes `log` events, because the command's stdout carries data. */
export function forkWorker(setup: WorkerSetup, onEvent: (event: WorkerEvent) => void): WorkerProcess {
  const child = fork(workerEntry, [], {
    // Lets several workers share a GPU, unless the user's environment says otherwise.
    env: { TF_FORCE_GPU_ALLOW_GROWTH: 'true', ...process.env, CUDA_VISIBLE_DEVICES: visibleGpus(setup.device) },
    // A new process group: Ctrl-C signals the terminal's whole group, and a signalled worker gives its trials back, where the supervisor
    // lets them finish. Only the supervisor decides.
    detached: true,
    // Options such as --test or --inspect apply to this process only.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // JSON would turn a NaN among the metrics into null.
    serialization: 'advanced',
  });
  for (const output of [child.stdout, child.stderr])
    if (output !== null) createInterface({ input: output }).on('line', (text) => onEvent({ kind: 'log', text }));

  const tell = (message: ToWorker): void => {
    // A child that is dying cannot receive; its exit is reported below.
    if (child.connected) child.send(message, () => undefined);
  };
  tell({ kind: 'start', setup });
  return {
    pid: child.pid,
    stop: (request, by) => tell({ kind: 'stop', request, by }),
    kill: () => child.kill('SIGKILL'),
    ending: endingOf(child, onEvent),
  };
}

/** Returns CUDA_VISIBLE_DEVICES, which native code reads when the process starts. */
function visibleGpus(device: Device): string {
  return device === 'cpu' ? '' : device.slice('gpu:'.length);
}

function endingOf(child: ChildProcess, onEvent: (event: WorkerEvent) => void): Promise<WorkerEnding> {
  let lastWord: Exclude<FromWorker, { kind: 'event' }> | null = null;
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'event') onEvent(message.event);
    else lastWord = message;
  });
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ kind: 'died', because: error.message }));
    // `close`, not `exit`: by then all output and messages have arrived.
    child.on('close', (code, signal) => resolve(lastWord ?? { kind: 'died', because: signal ?? `exit code ${code}` }));
  });
}
