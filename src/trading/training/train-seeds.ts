import { createBarrier, MemberEnded } from '../../core/barrier.ts';
import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { DailyReturns } from '../../search/trial/daily-returns.ts';
import { noiseOfMean, type ToldNoise } from '../../search/trial/told-noise.ts';
import type { Metrics } from '../../search/trial/trial.ts';
import { batchedExecutors } from '../../tensor/executors/batched-executors.ts';
import type { Executor } from '../../tensor/executors/executor.ts';
import { mean, sampleVariance } from '../../validation/moments.ts';
import type { Agent } from '../agents/agent.ts';
import { decodeSeeds, encodeSeeds } from './checkpoint.ts';
import { type TrainingCheckpoints, type TrainingRun, trainAgent } from './train-agent.ts';

/** Objective value and metrics of an agent, or their mean over seeds. */
export interface Score {
  readonly value: number;
  readonly metrics: Metrics;
  /** Of a mean over seeds: how uncertain it is. */
  readonly noise?: ToldNoise;
  /** Of the days that the value was measured on: the same for all seeds. */
  readonly dailyReturns?: DailyReturns;
}

export interface SeedsRun extends Omit<TrainingRun, 'onProgress'> {
  readonly executor: Executor;
  readonly checkpoints: Omit<TrainingCheckpoints, 'agree'>;
  readonly score: (agent: Agent) => Promise<Score>;
  /** Awaited; an exception (a pruned trial) ends the training of all seeds. */
  readonly report: (updates: number, scored: Score) => Promise<void>;
}

/** Derives `count` seeds from one; the first is the given one. */
export function seedsFrom(seed: number, count: number): readonly number[] {
  const others = createRng(seed).fork('seeds');
  return Array.from({ length: count }, (_, i) => (i === 0 ? seed : others.fork(i).int(2 ** 31)));
}

/**
 * Trains one agent per seed in lockstep, batched into one program where that is faster, and reports the mean of their values. Scores,
 * reports and checkpoints always cover all seeds: if one fails all do, and an interrupted training resumes with all. Returns the metrics of
 * the training (`train.…`): rates are sums over seeds, losses means.
 */
export async function trainSeeds(run: SeedsRun): Promise<Metrics> {
  const { training, score, report } = run;
  const { seeds: count = 1 } = training;
  if (count > 1) return trainInStep(run, count);
  const { agent, metrics } = await trainAgent({
    ...run,
    onProgress: async (learner, { updates }) => report(updates, await score(learner)),
  });
  await agent.dispose();
  return metrics;
}

async function trainInStep(run: SeedsRun, count: number): Promise<Metrics> {
  const { agent: config, checkpoints, score, report, seed, signal } = run;
  if (config.id === 'recurrent-ppo' && (config.targetKl ?? 0) > 0)
    throw new AssayError(
      'config_invalid',
      'several seeds train in lockstep with the same number of gradient steps, but targetKl ends the passes of each seed by itself',
      {
        place: 'agent.targetKl',
        hint: 'set it to 0, or training.seeds to 1',
      },
    );
  const barrier = createBarrier(count);
  const executors = batchedExecutors(run.executor, barrier);
  const from = checkpoints.from === null ? null : decodeSeeds(checkpoints.from, count);
  const decisionsOf = createLockstepDecisions(count, signal);

  const train = async (member: number, ofMember: number): Promise<Metrics> => {
    const own = decisionsOf();
    const { agent, metrics } = await trainAgent({
      ...run,
      seed: ofMember,
      executor: executors[member]!,
      signal: own.signal,
      checkpoints: {
        ...checkpoints,
        from: from?.[member] ?? null,
        agree: own.agree,
        save: (updates, bytes) => barrier.arrive(member, 'a checkpoint', bytes, (all) => checkpoints.save(updates, encodeSeeds(all))),
      },
      onProgress: async (learner, { updates }) => {
        const scored = await score(learner);
        await barrier.arrive<Score, void>(member, 'a report', scored, (all) => report(updates, meanOf(all)));
      },
    });
    await agent.dispose();
    return metrics;
  };
  const ends = await Promise.allSettled(
    seedsFrom(seed, count).map((ofMember, member) =>
      train(member, ofMember).catch((error: unknown) => {
        barrier.leave(member, error);
        throw error;
      }),
    ),
  );
  const failed = ends.filter((end) => end.status === 'rejected');
  if (failed.length > 0) throw (failed.find(({ reason }) => !(reason instanceof MemberEnded)) ?? failed[0]!).reason;
  return trainingOf(ends.map((end) => (end as PromiseFulfilledResult<Metrics>).value));
}

interface MemberDecisions {
  /** Aborted by {@link agree}: after the same step for all members. */
  readonly signal: AbortSignal;
  readonly agree: (due: boolean) => boolean;
}

/**
 * Seeds save and stop at the same step; otherwise one would wait for ever at the barrier. The first member to reach the n-th step decides
 * for all.
 */
function createLockstepDecisions(members: number, signal: AbortSignal): () => MemberDecisions {
  const decisions = new Map<number, { readonly save: boolean; readonly stop: boolean; left: number }>();
  return () => {
    const own = new AbortController();
    let asked = 0;
    return {
      signal: own.signal,
      agree: (due) => {
        const decision = decisions.get(asked) ?? { save: due || signal.aborted, stop: signal.aborted, left: members };
        decision.left -= 1;
        if (decision.left > 0) decisions.set(asked, decision);
        else decisions.delete(asked);
        asked += 1;
        if (decision.stop) own.abort(signal.reason);
        return decision.save;
      },
    };
  };
}

/** Mean over seeds. A metric that is NaN for one seed is NaN in the mean. */
export function meanOf(all: readonly Score[]): Score {
  const values = all.map(({ value }) => value);
  const spread = { worst: Math.min(...values), best: Math.max(...values), deviation: Math.sqrt(sampleVariance(values)) };
  const noise = noiseOfMean(values);
  return {
    value: mean(values),
    ...(noise !== null && { noise }),
    metrics: {
      ...combined(
        all.map(({ metrics }) => metrics),
        () => mean,
      ),
      ...Object.fromEntries(Object.entries(spread).map(([name, value]) => [`seeds.${name}`, value])),
    },
    ...meanReturns(all),
  };
}

/** The daily returns of capital that is divided evenly between the seeds each day; none where one of them has none. */
function meanReturns(all: readonly Score[]): Pick<Score, 'dailyReturns'> {
  const each = all.flatMap(({ dailyReturns }) => (dailyReturns === undefined ? [] : [dailyReturns]));
  const [first] = each;
  if (first === undefined || each.length < all.length) return {};
  return { dailyReturns: { days: first.days, returns: first.returns.map((_, day) => mean(each.map(({ returns }) => returns[day]!))) } };
}

function trainingOf(all: readonly Metrics[]): Metrics {
  return combined(all, (name) => {
    if (name.endsWith('PerSecond')) return (values) => values.reduce((total, value) => total + value, 0);
    return name === 'train.seconds' ? (values) => Math.max(...values) : mean;
  });
}

function combined(all: readonly Metrics[], howOf: (name: string) => (values: readonly number[]) => number): Metrics {
  const names = Object.keys(all[0]!);
  return Object.fromEntries(names.map((name) => [name, howOf(name)(all.map((metrics) => metrics[name]!))]));
}
