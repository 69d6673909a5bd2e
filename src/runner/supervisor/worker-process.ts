import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Device } from '../../search/study/trial-context.ts';
import { workerEntry } from '../program-entries.ts';
import type { StopRequest } from '../stop/stop-state.ts';
import type { FromWorker, ToWorker, WorkEnd, WorkerEvent, WorkerSetup } from '../worker/events.ts';

/** How a worker process came to its end: by its own word, or without one. */
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

/** Fork a worker process and set it to work. Its output arrives as `log` events: stdout of the command belongs to its data. */
export function forkWorker(setup: WorkerSetup, onEvent: (event: WorkerEvent) => void): WorkerProcess {
  const child = fork(workerEntry, [], {
    // TensorFlow takes memory of a card as it needs it, unless the user wants otherwise: several workers may share one.
    env: { TF_FORCE_GPU_ALLOW_GROWTH: 'true', ...process.env, CUDA_VISIBLE_DEVICES: visibleGpus(setup.device) },
    // A process group of its own: Ctrl-C goes to the whole group of the terminal and would end the worker's own children
    // (on Node 20 the compiler that loads TypeScript) while trials are still to finish. The supervisor alone decides.
    detached: true,
    // Options such as --test or --inspect are meant for this process, not for its children.
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // JSON would turn a NaN among the metrics into null.
    serialization: 'advanced',
  });
  for (const output of [child.stdout, child.stderr])
    if (output !== null) createInterface({ input: output }).on('line', (text) => onEvent({ kind: 'log', text }));

  const tell = (message: ToWorker): void => {
    // A child that is just dying cannot be told; its exit says the rest.
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

/** Native code reads the variable when the process starts; in a thread it would see the parent's. */
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
    // `close` and not `exit`: only then has everything that the child said arrived.
    child.on('close', (code, signal) => resolve(lastWord ?? { kind: 'died', because: signal ?? `exit code ${code}` }));
  });
}
