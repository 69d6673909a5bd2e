import { parseTrialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { SharedTable } from '../../core/table.ts';
import { vaultClosed } from '../../core/vault.ts';
import type { Claimed, DataRead, Paused, RuntimeInfo, Storage } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import { isConnectionLoss } from '../../storage/connection-loss.ts';
import { otherData } from '../datasets/bound.ts';
import type { Datasets } from '../datasets/cache.ts';
import type { WorkerEvent } from '../events.ts';
import type { DiskGuard } from '../machine/disk-guard.ts';
import { type Host, Interruption, type Pool } from '../pool/pool.ts';
import type { AnswerTo, TrialTask } from '../thread/protocol.ts';
import { removeBytes } from './remove-bytes.ts';

/** Dependencies shared by the attempts of one worker. */
export interface AttemptContext {
  readonly storage: Storage;
  readonly pool: Pool;
  readonly device: Device;
  readonly graceMs: number;
  readonly artifacts: Pick<ArtifactStore, 'put' | 'remove'>;
  readonly dataset: Datasets;
  readonly disk: DiskGuard;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** A running attempt. */
export interface Attempt {
  readonly claimed: Claimed;
  /** Stops the trial's thread and ends the trial as cancelled. */
  readonly cancel: (by: string) => void;
  /** Stops the trial's thread and gives the trial back to the queue. */
  readonly release: (because: string) => void;
  /** Stops the thread after the lease was lost; writes nothing. @param because the evidence, if not the database's answer */
  readonly lose: (because?: string) => void;
  readonly isLost: () => boolean;
  /** Resolves when the outcome is stored or the trial is lost; rejects only if the storage has failed for good. */
  readonly ended: Promise<void>;
}

/** Why an attempt ends. */
type EndReason =
  /** By the objective or by a cancellation. `by`: source of a cancellation that replaced another reason. */
  | { readonly kind: 'natural'; readonly by?: string }
  | { readonly kind: 'released'; readonly because: string }
  /** By the pruner (null: by a person). */
  | { readonly kind: 'paused'; readonly paused: Paused | null }
  | { readonly kind: 'lost'; readonly because?: string | undefined };

/** Runs a claimed trial on the pool and stores its outcome. */
export function startAttempt(claimed: Claimed, context: AttemptContext): Attempt {
  const { storage, pool, device, graceMs, artifacts, onEvent } = context;
  const { lease, address, number, params, seed } = claimed;
  const stop = new AbortController();
  let endReason: EndReason = { kind: 'natural' };

  const lose = (because?: string): void => {
    endReason = { kind: 'lost', because };
    stop.abort('a lost lease');
  };

  const reportLost = (because?: string): void => onEvent({ kind: 'trial-lost', address, ...(because !== undefined && { because }) });

  const held = <Result>(result: Result): Exclude<Result, 'lost'> => {
    if (result !== 'lost') return result as Exclude<Result, 'lost'>;
    lose();
    throw leaseLost();
  };
  /** True if the trial has a checkpoint to remove when it is finished. */
  let hasCheckpoint = false;
  let finished = false;

  /** Runtime info from the objective. */
  let ranOn: RuntimeInfo | undefined;
  /** Daily returns of the last report, which a pruned trial keeps. */
  let lastReturns: DailyReturns | undefined;

  const opened = new Map<string, SharedTable>();
  const noteRead = async (data: DataRead): Promise<void> => {
    if (held(await storage.recordDataRead(lease, data)) === 'other_data') throw otherData(parseTrialAddress(address).study, data.name);
  };

  /** Stops the thread after the grace period, in which it may save a checkpoint. */
  const interrupt = (next: EndReason, because: string): void => {
    if (endReason.kind === 'natural' && !stop.signal.aborted) endReason = next;
    stop.abort(new Interruption(because));
  };

  const host: Host = {
    report: async ({ report, dailyReturns }) => {
      lastReturns = dailyReturns;
      const reported = await storage.report(lease, report);
      if (reported.lease === 'lost') {
        lose();
        return { kind: 'stop', by: 'a lost lease' };
      }
      if (reported.cancelled) return { kind: 'stop', by: 'request' };
      const { decision, pausing } = reported;
      if (decision.prune && decision.pause !== true) return { kind: 'prune', reason: decision.reason };
      if (decision.prune) interrupt({ kind: 'paused', paused: { atStep: report.step, reason: decision.reason } }, decision.reason);
      else if (pausing) interrupt({ kind: 'paused', paused: null }, 'request');
      return { kind: 'continue' };
    },
    artifact: async ({ role, bytes }) => {
      const kept = await artifacts.put(bytes);
      held(await storage.attach(lease, { role, ...kept }));
      return kept.hash;
    },
    dataset: async ({ name }) => {
      const table = await context.dataset(claimed.study, name, (read) => noteRead(readOf(name, read, null)));
      opened.set(name, table);
      return table;
    },
    searched: async ({ window: { dataset: name, untilMs } }) => {
      const table = opened.get(name);
      if (table === undefined)
        throw new AssayError('trial_failed', `searched({ dataset: '${name}' }): the trial did not open this data set`, {
          hint: 'open it first: await context.dataset(name)',
        });
      if (table.withheld !== undefined && untilMs > table.withheld.fromMs)
        throw vaultClosed(`the search window of ${name}`, table.withheld);
      await noteRead(readOf(name, table, untilMs));
      return null;
    },
    checkpoint: async ({ checkpoint }) => {
      const made = await storage.checkpoint(lease, checkpoint);
      if (made.lease === 'lost') return held('lost');
      hasCheckpoint = true;
      await removeBytes(context, made.gone);
      return null;
    },
    findCheckpoint: async () => {
      const found = held(await storage.findCheckpoint(lease));
      hasCheckpoint = found !== null;
      return found;
    },
    resume: async ({ checkpoint }) => {
      held(await storage.resume(lease, checkpoint));
      onEvent({ kind: 'trial-resumed', address, step: checkpoint.step });
      return null;
    },
    runsOn: async ({ facts }) => {
      ranOn = { ...ranOn, ...facts };
      return null;
    },
    warn: async ({ text }) => {
      onEvent({ kind: 'log', text });
      return null;
    },
  };

  const giveBack = async (because: string): Promise<void> => {
    const state = await storage.release(lease);
    if (state === 'lost') reportLost();
    else onEvent({ kind: 'trial-released', address, because });
  };

  const pause = async (paused: Paused | null, durationMs: number): Promise<void> => {
    if (paused !== null && !hasCheckpoint) {
      const reason = `${paused.reason}; it keeps no checkpoint to go on from`;
      return finish({ kind: 'pruned', atStep: paused.atStep, reason }, durationMs);
    }
    const state = paused === null ? await storage.release(lease) : await storage.pause(lease, paused);
    if (state === 'lost') reportLost();
    else onEvent({ kind: 'trial-paused', address, because: paused?.reason ?? 'request' });
  };

  const finish = async (outcome: Outcome, durationMs: number): Promise<void> => {
    const kept = outcome.kind === 'pruned' && lastReturns !== undefined ? { ...outcome, dailyReturns: lastReturns } : outcome;
    const state = await storage.finish(lease, kept, ranOn);
    if (state === 'lost') return reportLost();
    finished = true;
    onEvent({ kind: 'trial-finished', address, outcome: withoutReturns(outcome), durationMs });
    if (hasCheckpoint) await removeBytes(context, await storage.dropCheckpoints(claimed.study));
  };

  const settle = async (answer: AnswerTo<TrialTask>, durationMs: number): Promise<void> => {
    if (endReason.kind === 'lost') reportLost(endReason.because);
    // An outcome reached before the thread noticed the stop counts.
    else if (endReason.kind === 'released' && answer.kind === 'cancelled') await giveBack(endReason.because);
    else if (endReason.kind === 'paused' && answer.kind === 'cancelled') await pause(endReason.paused, durationMs);
    else if (answer.kind === 'failed' && answer.error.code === 'disk_full') {
      // Not the trial's fault: it resumes when disk space is free.
      context.disk.reportFull();
      await giveBack(answer.error.message);
    }
    // Nor is an edit between claim and start: a worker with the study's source takes the trial.
    else if (answer.kind === 'failed' && answer.error.code === 'source_changed') await giveBack(answer.error.message);
    else if (answer.kind === 'cancelled')
      await finish({ ...answer, by: (endReason.kind === 'natural' ? endReason.by : undefined) ?? answer.by }, durationMs);
    else await finish(answer.kind === 'done' ? answer.value : answer, durationMs);
  };

  /** An outcome that the silent database could not store is lost with the lease; `assay gc` removes the checkpoint. */
  const onFailure = (error: unknown): void => {
    if (endReason.kind !== 'lost' || !isConnectionLoss(error)) throw error;
    if (!finished) reportLost(endReason.because);
  };

  const { attempt } = lease;
  const task: TrialTask = {
    kind: 'trial',
    module: claimed.module.url,
    source: claimed.module.sourceHash,
    device,
    address,
    number,
    attempt,
    params,
    seed,
    mayResume: attempt > 1,
  };
  const startedAtMs = performance.now();
  onEvent({ kind: 'trial-started', address, attempt: lease.attempt });
  return {
    claimed,
    cancel: (by) => {
      if (endReason.kind === 'released' || endReason.kind === 'paused') endReason = { kind: 'natural', by };
      stop.abort(by);
    },
    release: (because) => interrupt({ kind: 'released', because }, because),
    lose,
    isLost: () => endReason.kind === 'lost',
    ended: pool
      .run(task, host, { signal: stop.signal, graceMs })
      .then((answer) => settle(answer, performance.now() - startedAtMs))
      .catch(onFailure),
  };
}

function readOf(name: string, { hash, withheld }: SharedTable, searchedUntilMs: number | null): DataRead {
  return { name, hash, searchedUntilMs, withheldFromMs: withheld?.fromMs };
}

/** Events carry no daily returns, which nobody reads there. */
function withoutReturns(outcome: Outcome): Outcome {
  if (outcome.kind !== 'complete') return outcome;
  const { dailyReturns: _, ...rest } = outcome;
  return rest;
}

function leaseLost(): AssayError {
  return new AssayError('lease_lost', 'the lease of the trial is lost');
}
