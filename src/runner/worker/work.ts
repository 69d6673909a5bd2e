import { parseTrialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { runRepeatedly } from '../../core/run-repeatedly.ts';
import { createWakeup } from '../../core/wakeup.ts';
import type { Needs } from '../../search/study/needs.ts';
import type { Claimed, RuntimeInfo, Storage } from '../../search/study/storage.ts';
import { StudyFault } from '../../search/study/study-fault.ts';
import { isConnectionLoss } from '../../storage/connection-loss.ts';
import type { StopState } from '../stop/stop-state.ts';
import { type Attempt, type AttemptContext, startAttempt } from './attempt.ts';
import { backOffEvent } from './back-off.ts';
import { incompatibleEvent } from './incompatibility.ts';
import type { WorkEnd } from './messages.ts';
import { pausedReporter } from './paused-reporter.ts';
import { removeBytes } from './remove-bytes.ts';
import type { Incompatibility, ServedStudies } from './served-studies.ts';

export interface WorkOptions extends AttemptContext {
  /** The worker's name in its leases: host, process, device. */
  readonly name: string;
  readonly studies: ServedStudies;
  /** What to do if a study's source or packages differ here. */
  readonly otherSource: 'end' | 'leave';
  /**
   * True if no trial begins while another one is unfinished. A trial of a worker that died is then finished before the next one is asked for,
   * so that suggestions and pruning decisions see the same history as if it had lived.
   */
  readonly inOrder: boolean;
  readonly leaseMs: number;
  readonly stopping: StopState;
  /** True if the database announces changes; else the loop polls every second. */
  readonly announced: boolean;
  /** Calls `listener` when one of the studies may have changed. Returns the function that unsubscribes. */
  readonly onChange: (listener: () => void) => () => void;
  /** Calls `listener` with the reason after a whole lease without an answer. Returns the function that unsubscribes. */
  readonly onSilence?: (listener: (because: string) => void) => () => void;
  /** Runtime info, stored with each attempt. */
  readonly ranOn: RuntimeInfo;
  /** Returns why this worker cannot run the trial (null: it can). */
  readonly incompatibilityOf: (claimed: Claimed) => Promise<Incompatibility | null>;
}

/** Longest pause between polls, which catch lost notifications. A lease is checked when it runs out. */
const slowestPollMs = 5000;
const fastestPollMs = 1000;
/** Jitter between workers that wait for the same lease. */
const spreadMs = 250;

/**
 * Claims and runs trials until the studies' budgets are used up or a stop is requested; at most one trial per thread of the pool at
 * once. When the storage is silent, the running trials are given up and the worker waits.
 * @throws the error of a storage that has failed for good (its leases run out), or of the only study if that cannot be asked
 */
export async function work(options: WorkOptions): Promise<WorkEnd> {
  const { pool, leaseMs, stopping, onEvent } = options;
  const running = new Set<Attempt>();
  const wakeup = createWakeup();
  let failure: { readonly error: unknown } | null = null;
  let sourceChanged = false;
  const tellPaused = pausedReporter(onEvent);
  const tellFrozen = pausedReporter(onEvent, undefined, 'studies-frozen');

  const fail = (error: unknown): void => {
    wakeup.notify();
    // A stopping worker does not wait for an unavailable database: running trials finish or are lost.
    if (stopping.request() !== null && isConnectionLoss(error)) return;
    failure ??= { error };
    // Without a database no lease can be renewed and no outcome stored.
    if (error instanceof AssayError && error.code === 'database_unavailable') for (const attempt of running) attempt.lose();
  };

  const start = (claimed: Claimed): void => {
    const attempt = startAttempt(claimed, options);
    running.add(attempt);
    void attempt.ended.catch(fail).finally(() => {
      running.delete(attempt);
      wakeup.notify();
    });
  };

  stopping.onRequest((request) => {
    for (const attempt of running) {
      if (request === 'cancel') attempt.cancel(stopping.by());
      if (request === 'release') attempt.release(stopping.by());
    }
    wakeup.notify();
  });

  /** Takes and starts one trial, if any. Returns the next step: `again` at once, `wait` for a change, or `finished`. */
  const takeOne = async (): Promise<'again' | 'wait' | 'finished'> => {
    if (!(await options.disk.hasSpace())) return 'wait';
    if (options.inOrder && (await reapLapsed(options)) !== null) return 'wait';
    const next = await takeAny(
      options,
      { tellPaused, tellFrozen },
      [...running].map(({ claimed }) => claimed.needs),
    );
    if (typeof next === 'string') return next;
    const incompatibility = await options.incompatibilityOf(next);
    if (incompatibility !== null) {
      sourceChanged = options.otherSource === 'end';
      options.studies.leave(next.study);
      onEvent(incompatibleEvent(parseTrialAddress(next.address).study, next, incompatibility));
    }
    // A stop may have been requested during the claim.
    if (incompatibility !== null || stopping.request() !== null) await options.storage.release(next.lease);
    else start(next);
    return 'again';
  };

  const stopHeartbeat = runRepeatedly(leaseMs / 3, () => renewAll(options.storage, running), fail);
  const pollMs = options.announced ? Math.min(slowestPollMs, Math.max(fastestPollMs, leaseMs / 2)) : fastestPollMs;
  const look = async (): Promise<number> => {
    const nextMs = await lookAround(options);
    wakeup.notify();
    return Math.min(pollMs, (nextMs ?? pollMs) + spreadMs * Math.random());
  };
  const stopPoll = runRepeatedly(pollMs, look, fail);
  const unsubscribe = options.onChange(wakeup.notify);
  // By then every lease has run out: the trials may already run elsewhere.
  const forgetSilence = options.onSilence?.((because) => {
    for (const attempt of running) attempt.lose(because);
  });
  try {
    await reapLapsed(options);
    for (;;) {
      wakeup.reset();
      const halted = failure !== null || sourceChanged || stopping.request() !== null;
      if (halted && running.size === 0) break;
      if (!halted && running.size < pool.threads) {
        // After a failure the running trials finish, if they can, before the worker ends.
        const step = await takeOne().catch(fail);
        if (step === 'again' || step === undefined) continue;
        if (step === 'finished' && running.size === 0) {
          await dropCheckpoints(options);
          return 'finished';
        }
      }
      await wakeup.wait();
    }
  } finally {
    stopHeartbeat();
    stopPoll();
    unsubscribe();
    forgetSilence?.();
  }
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
  if (sourceChanged) return 'source-changed';
  return stopping.request() === 'drain' ? 'drained' : 'stopped';
}

/**
 * Takes a trial of a study that fits beside the running trials: a queued one, else a new one. Returns `again` if a study could not be
 * asked, because others may.
 */
async function takeAny(
  { storage, studies, otherSource, name, leaseMs, ranOn, onEvent }: WorkOptions,
  { tellPaused, tellFrozen }: Readonly<Record<'tellPaused' | 'tellFrozen', (studies: readonly string[]) => void>>,
  running: readonly (Needs | null)[],
): Promise<Claimed | 'again' | 'wait' | 'finished'> {
  const fitting = studies.fitting(running);
  if (fitting.length === 0 && running.length > 0) return 'wait';
  try {
    const taken = await storage.take({ studies: fitting, worker: name, leaseMs, ranOn });
    studies.answered(taken.kind === 'taken' ? [taken.claimed.study] : fitting);
    if (taken.kind === 'taken') return taken.claimed;
    const { open, paused, frozen = [] } = taken;
    tellPaused(paused);
    tellFrozen(frozen);
    return open || paused.length + frozen.length > 0 || studies.mayGainStudies() ? 'wait' : 'finished';
  } catch (error) {
    if (error instanceof StudyFault) {
      if (studies.backOff(error)) onEvent(backOffEvent(error));
      return 'again';
    }
    // A worker that serves several studies ignores the removal of one.
    if (otherSource === 'end' || !(error instanceof AssayError) || error.code !== 'not_found') throw error;
    return studies.mayGainStudies() ? 'wait' : 'finished';
  }
}

/** Removes checkpoints of trials that were pruned while paused, which no ending attempt removes. */
async function dropCheckpoints(options: WorkOptions): Promise<void> {
  for (const study of options.studies.now()) await removeBytes(options, await options.storage.dropCheckpoints(study));
}

async function renewAll(storage: Storage, running: ReadonlySet<Attempt>): Promise<void> {
  await Promise.all(
    [...running].map(async (attempt) => {
      if (attempt.isLost()) return;
      const state = await storage.renew(attempt.claimed.lease).catch((error: unknown) => {
        // The lease was lost during the renewal.
        if (!attempt.isLost()) throw error;
      });
      if (!running.has(attempt)) return;
      if (state === 'lost') attempt.lose();
      if (state === 'cancelled') attempt.cancel('request');
    }),
  );
}

/** Refreshes the studies and reaps expired leases. Returns the milliseconds until the next expiry (null: none). */
async function lookAround(options: WorkOptions): Promise<number | null> {
  await options.studies.refresh();
  return reapLapsed(options);
}

async function reapLapsed({ storage, studies, onEvent }: WorkOptions): Promise<number | null> {
  const { lapsed, nextMs } = await storage.expiries(studies.now());
  for (const study of lapsed) {
    const { requeued, failed } = await storage.reap(study);
    if (requeued.length + failed.length > 0) onEvent({ kind: 'reaped', study, requeued, failed: failed.map(({ number }) => number) });
  }
  return nextMs;
}
