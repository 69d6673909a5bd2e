import { randomUUID } from 'node:crypto';
import { AssayError } from '../core/errors.ts';
import { recommend } from '../search/recommend/recommend.ts';
import { checkParams } from '../search/space/codec.ts';
import type { CompiledSpace } from '../search/space/compile.ts';
import type { FlatParams } from '../search/space/param.ts';
import { type AskTell, checkResult, checkStep, checkTold, type Told, type ToldValue } from '../search/study/ask-tell.ts';
import { describeBudget } from '../search/study/describe-budget.ts';
import type { Lease, Storage, StudyRecord } from '../search/study/storage.ts';
import { checkedNoise } from '../search/trial/told-noise.ts';
import type { Outcome } from '../search/trial/trial.ts';
import type { Db } from './database.ts';
import { databaseFault } from './database-fault.ts';
import { bestTrials } from './readers/best-trials.ts';
import { completeTrials } from './readers/complete-trials.ts';
import { adopt } from './sql/adopt-trial.ts';
import { refuseFrozenStudy } from './sql/frozen.ts';

export interface StoredAskTellOptions {
  readonly db: Db;
  readonly storage: Storage;
  readonly study: StudyRecord;
  readonly space: CompiledSpace;
  /** Name of the process: host, process id, and `askTellSuffix`, which shows other processes that its trials may be told. */
  readonly worker: string;
  /** Lease: a trial whose process has ended goes back into the queue after this time. */
  readonly leaseMs: number;
  /** True: at the end, open trials keep their leases so that another process can tell them. Default: they go back into the queue. */
  readonly keepsOpen?: boolean;
  /** Called if a renewal fails; the next one tries again. */
  readonly onTrouble: (error: unknown) => void;
}

export interface StoredAskTell extends AskTell {
  /** Puts open trials back into the queue, unless `keepsOpen`. */
  readonly close: () => Promise<void>;
}

interface OpenTrial {
  readonly lease: Lease;
  readonly steps: number[];
  /** Reason of the pruner, if it stopped the trial. */
  reason: string | null;
  cancelled: boolean;
}

/**
 * Ask-tell search whose history lies in the database. It leases its open trials and renews them until it is closed; any number of such
 * processes, and workers, may share a study.
 */
export function createStoredAskTell(options: StoredAskTellOptions): StoredAskTell {
  const { db, storage, study, space, worker, leaseMs, keepsOpen = false, onTrouble } = options;
  const objectives = study.objectives?.length ?? 1;
  const open = new Map<number, OpenTrial>();
  const ended = new Set<number>();

  /** Returns an open trial that was asked for here or by another process. */
  const opened = async (number: number): Promise<OpenTrial> => {
    const trial = open.get(number);
    if (trial !== undefined) return trial;
    if (ended.has(number))
      throw new AssayError('conflict', `trial ${number} was told already`, { hint: 'a finished trial does not change' });
    await storage.reap(study.id);
    const { lease, steps } = await adopt(db, study.id, number, { worker, leaseMs });
    const adopted: OpenTrial = { lease, steps: [...steps], reason: null, cancelled: false };
    open.set(number, adopted);
    return adopted;
  };

  const lost = (number: number): AssayError => {
    open.delete(number);
    return new AssayError('lease_lost', `the lease of trial ${number} ran out`, {
      hint: 'it went back into the queue, or another process told it; ask again',
    });
  };

  const end = async (number: number, trial: OpenTrial, outcome: Outcome): Promise<void> => {
    // A cancelled trial ends as cancelled, whatever the caller tells.
    const state = trial.cancelled ? await storage.release(trial.lease) : await storage.finish(trial.lease, outcome);
    if (state === 'lost') throw lost(number);
    open.delete(number);
    ended.add(number);
  };

  const renewing = setInterval(() => {
    for (const trial of open.values()) storage.renew(trial.lease).catch(onTrouble);
  }, leaseMs / 3);

  return {
    ask: answered(async () => {
      await storage.reap(study.id);
      const taken = await storage.take({ studies: [study.id], worker, leaseMs });
      if (taken.kind === 'none') {
        if (taken.frozen !== undefined) await refuseFrozenStudy(db, study.id);
        throw refusal(study, taken.paused.length > 0 ? 'paused' : 'exhausted');
      }
      const { lease, number, params } = taken.claimed;
      open.set(number, { lease, steps: [], reason: null, cancelled: false });
      return { number, params };
    }),
    report: answered(async (number: number, step: number, value: number) => {
      const trial = await opened(number);
      checkStep(trial.steps, number, step);
      const reported = await storage.report(trial.lease, { step, value });
      if (reported.lease === 'lost') throw lost(number);
      trial.steps.push(step);
      if (reported.cancelled) {
        trial.cancelled = true;
        return { prune: true, reason: 'the trial was cancelled' };
      }
      if (reported.decision.prune) trial.reason = reported.decision.reason;
      return reported.decision;
    }),
    tell: answered(async (number: number, told: Told) => {
      const trial = await opened(number);
      if (told.state === 'complete') checkResult(told, objectives);
      else if (told.state === 'pruned') checkTold(told);
      await end(number, trial, outcomeOf(told, trial));
    }),
    add: answered(async (params: FlatParams, result: ToldValue) => {
      const checked = checkParams(space, params);
      checkResult(result, objectives);
      const { noise, ...rest } = result;
      const told = noise === undefined ? {} : { noise: checkedNoise(noise, 'usage') };
      const added = await storage.recordResult(study.id, { params: checked, ...rest, ...told, by: worker, idempotencyKey: randomUUID() });
      if (added.kind === 'exhausted') throw refusal(study, added.kind);
      return { number: added.number };
    }),
    best: answered(async () => {
      const { trials } = await bestTrials(db, study.name);
      return trials.map(({ number, params, value: own, values, configuration, nonFinite = {} }) => ({
        number,
        params,
        values:
          values === undefined
            ? [configuration?.mean ?? own ?? Number(nonFinite['value'])]
            : Object.entries(values).map(([name, value]) => value ?? Number(nonFinite[`values.${name}`])),
      }));
    }),
    recommend: answered(async () => {
      const { space: known, history } = await completeTrials(db, study.name);
      return recommend(known, history);
    }),
    close: async () => {
      clearInterval(renewing);
      // Concurrently: if the database does not answer, they wait at the same time.
      if (!keepsOpen) await Promise.all([...open.values()].map(({ lease }) => storage.release(lease)));
      open.clear();
    },
  };
}

/** Turns database faults into coded errors. */
function answered<Args extends readonly unknown[], Result>(verb: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result> {
  return (...args) =>
    verb(...args).catch((error: unknown) => {
      throw databaseFault(error) ?? error;
    });
}

function refusal({ name, budget }: StudyRecord, kind: 'exhausted' | 'paused'): AssayError {
  return kind === 'paused'
    ? new AssayError('conflict', `study ${name} is paused`, { hint: `assay study resume ${name}` })
    : new AssayError('conflict', `the budget (${describeBudget(budget)}) is used up, or the study was stopped`, {
        hint: 'start again with a larger --trials',
      });
}

function outcomeOf(told: Told, { steps, reason }: OpenTrial): Outcome {
  switch (told.state) {
    case 'complete':
      return {
        kind: 'complete',
        value: told.values[0]!,
        ...(told.values.length > 1 && { values: told.values }),
        ...(told.constraints !== undefined && { constraints: told.constraints }),
        metrics: {},
        ...(told.noise !== undefined && { noise: checkedNoise(told.noise) }),
        ...(told.dailyReturns !== undefined && { dailyReturns: told.dailyReturns }),
      };
    case 'pruned':
      return {
        kind: 'pruned',
        atStep: Math.max(0, ...steps),
        reason: reason ?? 'told by the objective',
        ...(told.dailyReturns !== undefined && { dailyReturns: told.dailyReturns }),
      };
    case 'failed':
      return { kind: 'failed', error: { code: 'trial_failed', message: 'told by the objective' } };
  }
}
