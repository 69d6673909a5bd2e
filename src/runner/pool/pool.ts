import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { messageOf } from '../../core/errors.ts';
import type { TrialFailure } from '../../search/trial/trial.ts';
import { threadEntry } from '../program-entries.ts';
import { failureOf } from '../thread/failure.ts';
import type { AnswerTo, Call, CallResults, FromThread, Task, TaskEnvelope, ToThread } from '../thread/protocol.ts';
import { createReplaceable } from './replaceable-resource.ts';

/** Serves the calls of a running task. A rejection rejects the call in the study's code. */
export type Host = {
  readonly [Kind in Call['kind']]: (call: Extract<Call, { kind: Kind }>) => Promise<CallResults[Kind]>;
};

/** Abort reason of a task that resumes later, here or elsewhere, and may save a checkpoint first. */
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
  /** Stops the task when aborted; the reason names the source of the stop. */
  readonly signal: AbortSignal;
  /** Time between the signal and the end of the thread. Default 2 s. */
  readonly graceMs?: number;
}

export interface Pool {
  readonly threads: number;
  /** Runs a task; never rejects. A thread that dies fails its own task only, and the next task gets a new thread. */
  readonly run: <T extends Task>(task: T, host: Host, options: TaskOptions) => Promise<AnswerTo<T>>;
  /** Ends every thread, busy or not. */
  readonly close: () => Promise<void>;
}

export interface PoolOptions {
  readonly threads: number;
  readonly dataDir: string;
  /** Heap limit of one thread. Default: Node's. */
  readonly threadMemoryMb?: number;
  /** Receives errors that belong to no task, such as one thrown by a study's code after its objective has ended. */
  readonly onStray?: (error: Error) => void;
}

/**
 * Creates a pool of compute threads. The caller runs at most `threads` tasks at once, so no task waits inside the pool
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
      // With atomics an idle thread blocks in Atomics.wait, which stops its timers and ports.
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
      // A thread keeps a study as it first loaded it; new threads load the current source.
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

/** Returns the failure for a rejection, which means that the thread has ended: its own code never rejects. */
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
      hint: 'end an objective with return or throw, not with process.exit',
    };
  return {
    ...failureOf(error),
    hint: 'an uncaught exception or rejection outside the objective ended the thread',
  };
}
