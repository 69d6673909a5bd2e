import { parseTrialAddress } from '../../core/address.ts';
import { AssayError, messageOf } from '../../core/errors.ts';
import type { SharedTable } from '../../core/table.ts';
import type { Claimed, DataRead, Storage } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';
import type { Outcome } from '../../search/trial/trial.ts';
import type { ArtifactStore } from '../../storage/artifacts/store.ts';
import { otherData } from '../bound-data.ts';
import { type Host, Interruption, type Pool } from '../pool/pool.ts';
import type { AnswerTo, TrialTask } from '../thread/protocol.ts';
import type { WorkerEvent } from './events.ts';
import type { Room } from './room.ts';

/** What the attempts of one worker share. */
export interface AttemptSurroundings {
  readonly storage: Storage;
  readonly pool: Pool;
  readonly device: Device;
  readonly graceMs: number;
  readonly artifacts: Pick<ArtifactStore, 'put' | 'remove'>;
  readonly dataset: (name: string) => Promise<SharedTable>;
  readonly room: Room;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** One attempt under way. */
export interface Attempt {
  readonly claimed: Claimed;
  /** Make the trial's thread stop and end the trial as cancelled. */
  readonly cancel: (by: string) => void;
  /** Make the trial's thread stop and give the trial back to the queue. */
  readonly release: (because: string) => void;
  /** The lease is gone: stop the thread and write nothing. */
  readonly lose: () => void;
  /** Settled when the outcome is stored; rejects only when the storage failed for good. */
  readonly ended: Promise<void>;
}

type Fate = { readonly kind: 'own' } | { readonly kind: 'released'; readonly because: string } | { readonly kind: 'lost' };

/** Run a claimed trial on the pool and store how it ended. */
export function startAttempt(claimed: Claimed, around: AttemptSurroundings): Attempt {
  const { storage, pool, device, graceMs, artifacts, onEvent } = around;
  const { lease, address, number, params, seed } = claimed;
  const stop = new AbortController();
  let fate: Fate = { kind: 'own' };

  const lose = (): void => {
    fate = { kind: 'lost' };
    stop.abort('a lost lease');
  };

  const held = <Result>(result: Result): Exclude<Result, 'lost'> => {
    if (result !== 'lost') return result as Exclude<Result, 'lost'>;
    lose();
    throw leaseLost();
  };
  /** Whether there is a checkpoint to give up when the trial is finished. */
  let hasCheckpoint = false;
  const removeBytes = async (hashes: readonly string[]): Promise<void> => {
    for (const hash of hashes)
      await artifacts
        .remove(hash)
        .catch((error: unknown) => onEvent({ kind: 'log', text: `cannot remove the old checkpoint ${hash}: ${messageOf(error)}` }));
  };

  const opened = new Map<string, string>();
  const noteRead = async (data: DataRead): Promise<void> => {
    if (held(await storage.read(lease, data)) === 'other_data') throw otherData(parseTrialAddress(address).study, data.name);
  };

  const host: Host = {
    report: async ({ report }) => {
      const reported = await storage.report(lease, report);
      if (reported.lease === 'lost') {
        lose();
        return { kind: 'stop', by: 'a lost lease' };
      }
      if (reported.cancelled) return { kind: 'stop', by: 'request' };
      return reported.verdict.prune ? { kind: 'prune', reason: reported.verdict.reason } : { kind: 'continue' };
    },
    artifact: async ({ role, bytes }) => {
      const kept = await artifacts.put(bytes);
      held(await storage.attach(lease, { role, ...kept }));
      return kept.hash;
    },
    dataset: async ({ name }) => {
      const table = await around.dataset(name);
      await noteRead({ name, hash: table.hash, searchedUntilMs: null });
      opened.set(name, table.hash);
      return table;
    },
    searched: async ({ window: { dataset: name, untilMs } }) => {
      const hash = opened.get(name);
      if (hash === undefined)
        throw new AssayError('trial_failed', `searched({ dataset: '${name}' }): the trial did not open this data set`, {
          hint: 'open it first: await context.dataset(name)',
        });
      await noteRead({ name, hash, searchedUntilMs: untilMs });
      return null;
    },
    checkpoint: async ({ checkpoint }) => {
      const made = await storage.checkpoint(lease, checkpoint);
      if (made.lease === 'lost') return held('lost');
      hasCheckpoint = true;
      await removeBytes(made.gone);
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
    warn: async ({ text }) => {
      onEvent({ kind: 'log', text });
      return null;
    },
  };

  const giveBack = async (because: string): Promise<void> => {
    const state = await storage.release(lease);
    onEvent(state === 'lost' ? { kind: 'trial-lost', address } : { kind: 'trial-released', address, because });
  };

  const settle = async (answer: AnswerTo<TrialTask>, durationMs: number): Promise<void> => {
    if (fate.kind === 'lost') onEvent({ kind: 'trial-lost', address });
    // An outcome that was reached before the thread heard the stop is an outcome all the same.
    else if (fate.kind === 'released' && answer.kind === 'cancelled') await giveBack(fate.because);
    else if (answer.kind === 'failed' && answer.error.code === 'disk_full') {
      // No fault of the trial's: it goes on when there is room.
      around.room.ranOut();
      await giveBack(answer.error.message);
    } else {
      const outcome: Outcome = answer.kind === 'done' ? answer.value : answer;
      const state = await storage.finish(lease, outcome);
      if (state === 'alive' && hasCheckpoint) await removeBytes(await storage.dropCheckpoints(claimed.study));
      onEvent(state === 'lost' ? { kind: 'trial-lost', address } : { kind: 'trial-finished', address, outcome, durationMs });
    }
  };

  const { attempt } = lease;
  const task: TrialTask = {
    kind: 'trial',
    module: claimed.module.url,
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
      if (fate.kind === 'released') fate = { kind: 'own' };
      stop.abort(by);
    },
    release: (because) => {
      if (fate.kind === 'own' && !stop.signal.aborted) fate = { kind: 'released', because };
      stop.abort(new Interruption(because));
    },
    lose,
    ended: pool.run(task, host, { signal: stop.signal, graceMs }).then((answer) => settle(answer, performance.now() - startedAtMs)),
  };
}

function leaseLost(): AssayError {
  return new AssayError('lease_lost', 'the trial is no longer ours');
}
