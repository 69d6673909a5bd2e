import { parseTrialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { createWakeup } from '../../core/wakeup.ts';
import type { Needs } from '../../search/study/needs.ts';
import type { Claimed, RuntimeInfo, Storage } from '../../search/study/storage.ts';
import { StudyFault } from '../../search/study/study-fault.ts';
import { isConnectionLoss } from '../../storage/connection-loss.ts';
import type { StopState } from '../stop/stop-state.ts';
import { type Attempt, type AttemptContext, startAttempt } from './attempt.ts';
import { backOffEvent } from './back-off.ts';
import type { WorkEnd } from './events.ts';
import { incompatibleEvent } from './incompatibility.ts';
import { removeBytes } from './remove-bytes.ts';
import { runRepeatedly } from './run-repeatedly.ts';
import type { Incompatibility, ServedStudies } from './served-studies.ts';

export interface WorkOptions extends AttemptContext {
  /** How the worker signs its leases: host, process, device. */
  readonly name: string;
  readonly studies: ServedStudies;
  /** What to do when the source here, or its packages, is another one than a study was opened with. */
  readonly otherSource: 'end' | 'leave';
  readonly leaseMs: number;
  readonly stopping: StopState;
  /** Whether changes are announced at all; else the loop looks every second. */
  readonly announced: boolean;
  /** Calls back whenever one of the studies may have changed; returns how to unsubscribe. */
  readonly onChange: (listener: () => void) => () => void;
  /** Calls back, in words, when the database gave no answer for a whole lease; returns how to unsubscribe. */
  readonly onSilence?: (listener: (because: string) => void) => () => void;
  /** What the worker runs on, kept with each attempt. */
  readonly ranOn: RuntimeInfo;
  /** What of the trial's study, as it is now, does not fit what is here; null: nothing. */
  readonly incompatibilityOf: (claimed: Claimed) => Promise<Incompatibility | null>;
}

/** Notifications wake the loop at once; this is for those that got lost. A lease that runs out is looked after when it does. */
const slowestPollMs = 5000;
const fastestPollMs = 1000;
/** Workers that wait for the same lease do not all come at the same moment. */
const spreadMs = 250;

/**
 * Claim and run trials until the studies' budgets are finished or somebody says stop. At most as many trials at once as the
 * pool has threads. A rejection means that the storage failed for good, and the leases then run out by themselves, or that the only study
 * cannot be asked. A storage that is silent is no end: the trials that run are given up, and the worker waits.
 */
export async function work(options: WorkOptions): Promise<WorkEnd> {
  const { pool, leaseMs, stopping, onEvent } = options;
  const running = new Set<Attempt>();
  const wakeup = createWakeup();
  let failure: { readonly error: unknown } | null = null;
  let sourceChanged = false;

  const fail = (error: unknown): void => {
    wakeup.notify();
    // Whoever stops does not wait for a database that is away: what still runs goes to its end, or is lost.
    if (stopping.request() !== null && isConnectionLoss(error)) return;
    failure ??= { error };
    // Nobody can keep a lease any more, nor store an outcome.
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

  /** The next step: look for another trial at once, nothing to take for now, or nothing left at all. */
  const takeOne = async (): Promise<'again' | 'wait' | 'finished'> => {
    if (!(await options.disk.hasSpace())) return 'wait';
    const next = await takeAny(
      options,
      [...running].map(({ claimed }) => claimed.needs),
    );
    if (typeof next === 'string') return next;
    const incompatibility = await options.incompatibilityOf(next);
    if (incompatibility !== null) {
      sourceChanged = options.otherSource === 'end';
      options.studies.leave(next.study);
      onEvent(incompatibleEvent(parseTrialAddress(next.address).study, next, incompatibility));
    }
    // Somebody may have said stop while the claim was on its way.
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
  // Every lease has run out by then, and nobody can have renewed it: what runs here may run elsewhere already.
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
        // What runs is not to blame: where it can, it goes to its end before the worker gives up.
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
 * A trial to run, of a study whose trials find room beside the running ones: one that is queued or, where none is, a new one. Where a study
 * cannot be asked, the others can: again.
 */
async function takeAny(
  { storage, studies, otherSource, name, leaseMs, ranOn, onEvent }: WorkOptions,
  running: readonly (Needs | null)[],
): Promise<Claimed | 'again' | 'wait' | 'finished'> {
  const fitting = studies.fitting(running);
  if (fitting.length === 0 && running.length > 0) return 'wait';
  try {
    const taken = await storage.take({ studies: fitting, worker: name, leaseMs, ranOn });
    studies.answered(taken.kind === 'taken' ? [taken.claimed.study] : fitting);
    if (taken.kind === 'taken') return taken.claimed;
    return taken.open || taken.paused || studies.mayGainStudies() ? 'wait' : 'finished';
  } catch (error) {
    if (error instanceof StudyFault) {
      if (studies.backOff(error)) onEvent(backOffEvent(error));
      return 'again';
    }
    // Studies that are removed under a worker with others to serve are just not there any more.
    if (otherSource === 'end' || !(error instanceof AssayError) || error.code !== 'not_found') throw error;
    return studies.mayGainStudies() ? 'wait' : 'finished';
  }
}

/** Those of trials that were pruned while they waited: no attempt ends with them. */
async function dropCheckpoints(options: WorkOptions): Promise<void> {
  for (const study of options.studies.now()) await removeBytes(options, await options.storage.dropCheckpoints(study));
}

async function renewAll(storage: Storage, running: ReadonlySet<Attempt>): Promise<void> {
  await Promise.all(
    [...running].map(async (attempt) => {
      if (attempt.isLost()) return;
      const state = await storage.renew(attempt.claimed.lease).catch((error: unknown) => {
        // Lost while the renewal waited: it has nothing to renew any more.
        if (!attempt.isLost()) throw error;
      });
      if (!running.has(attempt)) return;
      if (state === 'lost') attempt.lose();
      if (state === 'cancelled') attempt.cancel('request');
    }),
  );
}

/** How long until the next lease runs out; null where none does. */
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
