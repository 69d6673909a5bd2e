import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { messageOf } from '../../core/errors.ts';
import type { TrialFailure } from '../../search/trial/trial.ts';
import { threadEntry } from '../program-entries.ts';
import { failureOf } from '../thread/failure.ts';
import type { AnswerTo, Call, CallResults, FromThread, Task, TaskEnvelope, ToThread } from '../thread/protocol.ts';
import { createReplaceable } from './replaceable-resource.ts';

/** What the host does for a task while it runs. A rejection reaches the study's code as the rejection of its call. */
export type Host = {
  readonly [Kind in Call['kind']]: (call: Extract<Call, { kind: Kind }>) => Promise<CallResults[Kind]>;
};

/** The reason of a stop after which the task is to go on later, here or elsewhere: it may save where it stands. */
export class Interruption {
  readonly #by: string;

  constructor(by: string) {
    this.#by = by;
  }

  toString(): string {
    return this.#by;
  }
}

export interface TaskOptions {
  /** Aborted, with who did it as the reason, to stop the task. */
  readonly signal: AbortSignal;
  /** How long a task may take to heed the signal before its thread is ended; 2 s when not said. */
  readonly graceMs?: number;
}

export interface Pool {
  readonly threads: number;
  /** Never rejects. A thread that dies fails its own task only; the next task gets a new thread. */
  readonly run: <T extends Task>(task: T, host: Host, options: TaskOptions) => Promise<AnswerTo<T>>;
  /** Ends every thread, busy or not. */
  readonly close: () => Promise<void>;
}

export interface PoolOptions {
  readonly threads: number;
  readonly dataDir: string;
  /** Heap of one thread; Node's own limit when not said. */
  readonly threadMemoryMb?: number;
  /** Problems that belong to no task, such as an error a study's code throws after its objective has ended. */
  readonly onStray?: (error: Error) => void;
}

/**
 * A pool of compute threads. The caller keeps at most `threads` tasks under way, so nothing ever waits inside the pool
 * and a stop always reaches a running thread.
 */
export function createPool({ threads, dataDir, threadMemoryMb, onStray }: PoolOptions): Pool {
  const open = (): Piscina => {
    const piscina = new Piscina({
      filename: threadEntry,
      name: 'runTask',
      minThreads: 0,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // With atomics an idle thread blocks in Atomics.wait and its timers and ports stand still.
      atomics: 'disabled',
      ...(threadMemoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: threadMemoryMb } }),
    });
    piscina.on('error', (error: Error) => onStray?.(error));
    return piscina;
  };
  const pools = createReplaceable(open);

  return {
    threads,
    run: async (task, host, options) => {
      const run = (piscina: Piscina) => runOn(piscina, { task, dataDir }, host, options);
      const [first, answer] = await pools.use(async (piscina) => [piscina, await run(piscina)] as const);
      if (answer.kind !== 'failed' || answer.error.code !== 'source_changed') return answer;
      // A thread that loaded a study keeps it as it was then; new ones load it as it is.
      pools.replace(first);
      return pools.use(run);
    },
    close: pools.close,
  };
}

async function runOn<T extends Task>(
  piscina: Piscina,
  work: Pick<TaskEnvelope, 'dataDir'> & { readonly task: T },
  host: Host,
  { signal, graceMs = 2000 }: TaskOptions,
): Promise<AnswerTo<T>> {
  if (signal.aborted) return cancelled(signal);
  const { port1: port, port2: threadPort } = new MessageChannel();
  const hardStop = new AbortController();
  let grace: NodeJS.Timeout | undefined;

  const send = (message: ToThread): void => port.postMessage(message);
  const stop = (): void => {
    send({ kind: 'stop', by: String(signal.reason), resumes: signal.reason instanceof Interruption });
    grace = setTimeout(() => hardStop.abort(), graceMs);
  };
  port.on('message', ({ id, call }: FromThread) => {
    answer(host, call).then(
      (result) => send({ kind: 'result', id, result }),
      (error: unknown) => send({ kind: 'error', id, error: failureOf(error) }),
    );
  });
  signal.addEventListener('abort', stop, { once: true });

  try {
    const envelope: TaskEnvelope = { ...work, port: threadPort };
    return await piscina.run(envelope, {
      transferList: [threadPort],
      signal: hardStop.signal,
    });
  } catch (error) {
    return signal.aborted ? cancelled(signal) : { kind: 'failed', error: deathOf(error) };
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(grace);
    port.close();
  }
}

function cancelled(signal: AbortSignal): { kind: 'cancelled'; by: string } {
  return { kind: 'cancelled', by: String(signal.reason) };
}

function answer(host: Host, call: Call): Promise<CallResults[Call['kind']]> {
  switch (call.kind) {
    case 'report':
      return host.report(call);
    case 'artifact':
      return host.artifact(call);
    case 'dataset':
      return host.dataset(call);
    case 'searched':
      return host.searched(call);
    case 'checkpoint':
      return host.checkpoint(call);
    case 'findCheckpoint':
      return host.findCheckpoint(call);
    case 'resume':
      return host.resume(call);
    case 'runsOn':
      return host.runsOn(call);
    case 'warn':
      return host.warn(call);
  }
}

/** A thread's own code never rejects, so a rejection means that the thread is gone. */
function deathOf(error: unknown): TrialFailure {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return {
      code: 'out_of_memory',
      message: 'the thread ran out of heap memory',
      hint: 'use smaller buffers or batches, or fewer threads with more memory each',
    };
  const exit = /^worker exited with code: (-?\d+)$/.exec(messageOf(error));
  if (exit !== null)
    return {
      code: 'thread_died',
      message: `the study's code ended its thread with exit code ${exit[1]}`,
      hint: 'end an objective by returning or throwing, not with process.exit',
    };
  return {
    ...failureOf(error),
    hint: 'an exception or rejection outside the objective ended its thread',
  };
}
