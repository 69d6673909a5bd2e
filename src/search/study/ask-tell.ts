import { counted } from '../../core/counted.ts';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import { bestTrials } from '../objectives/best-trials.ts';
import { decide } from '../pruners/decide.ts';
import type { PruneDecision, Pruner } from '../pruners/pruner.ts';
import { withHistoryFilter } from '../pruners/with-history-filter.ts';
import { type Recommendation, recommend } from '../recommend/recommend.ts';
import { withReplicates } from '../samplers/replicated.ts';
import type { Sampler } from '../samplers/sampler.ts';
import { suggest } from '../samplers/suggest.ts';
import { checkParams } from '../space/codec.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import { configurationMeans } from '../trial/configurations.ts';
import { checkedDailyReturns, type DailyReturns } from '../trial/daily-returns.ts';
import {
  type Constraints,
  type Direction,
  type EarlierStudy,
  type Forecast,
  type History,
  meetsConstraints,
  type Observation,
} from '../trial/history.ts';
import type { Replicates } from '../trial/replicates.ts';
import { checkedNoise, type NoiseInput } from '../trial/told-noise.ts';
import { largestStep } from './step.ts';

/** The result of a trial: one value, or one for each objective. Values may be infinite, never NaN. */
export interface ToldValue {
  readonly values: readonly number[];
  readonly constraints?: Constraints;
  /** How uncertain the value is; of one objective only. */
  readonly noise?: NoiseInput;
  /** Net returns of the days that the value was measured on. */
  readonly dailyReturns?: DailyReturns;
}

/** Outcome of a trial that was asked for. A pruned one may have the daily returns of its last report. */
export type Told =
  | ({ readonly state: 'complete' } & ToldValue)
  | { readonly state: 'pruned'; readonly dailyReturns?: DailyReturns }
  | { readonly state: 'failed' };

export interface Suggestion {
  readonly number: number;
  readonly params: FlatParams;
}

export interface BestTrial extends Suggestion {
  readonly values: readonly number[];
}

/** A value now or later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * A search whose trials run elsewhere: in another language, by hand, on another machine. Several trials may be open at once. A verb that
 * fails with an AssayError has changed nothing.
 */
export interface AskTell {
  /** Suggests a trial. @throws AssayError `study_invalid` if the sampler takes longer than 30 s; errors of the sampler */
  readonly ask: () => Awaitable<Suggestion>;
  /** Adds an intermediate value and returns the pruner's decision. @throws AssayError `conflict` if the trial is not open or the step was reported */
  readonly report: (number: number, step: number, value: number) => Awaitable<PruneDecision>;
  /** Ends an open trial. */
  readonly tell: (number: number, told: Told) => Awaitable<void>;
  /** Adds a result known from elsewhere, checked against the space. */
  readonly add: (params: FlatParams, result: ToldValue) => Awaitable<{ readonly number: number }>;
  /** Returns the best feasible complete trial, or the Pareto set of several objectives; empty if there is none. */
  readonly best: () => Awaitable<readonly BestTrial[]>;
  /**
   * Returns the configurations that are expected to be best again, see `recommend`; empty if no trial is complete and meets its constraints.
   * @throws AssayError `usage` for several objectives
   */
  readonly recommend: () => Awaitable<readonly Recommendation[]>;
}

/** Synchronous variant. */
export type AskTellInMemory = {
  readonly [Verb in keyof AskTell]: (...args: Parameters<AskTell[Verb]>) => Awaited<ReturnType<AskTell[Verb]>>;
};

export interface AskTellOptions {
  readonly space: CompiledSpace;
  /** One for each objective. */
  readonly directions: readonly [Direction, ...Direction[]];
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  /** Direction of the reported value. Default: that of the first objective. */
  readonly pruneDirection?: Direction | undefined;
  /** How often a configuration is tried. Default: once. */
  readonly replicates?: Replicates | undefined;
  /** Studies that the search starts from, with a sampler that learns from them (auto, gp, tpe). */
  readonly earlier?: readonly EarlierStudy[] | undefined;
  readonly seed: number;
}

/** A trial as its peers see it, changing while it runs; samplers see an observation that is made once, when it ends. */
interface KnownTrial extends Suggestion {
  readonly steps: number[];
  readonly values: number[];
  note: Json;
  state: 'running' | 'complete' | 'pruned' | 'failed';
  value?: number;
  feasible?: boolean;
  /** Where the pruner expected it to end, since it decided to prune it. */
  expected?: Forecast;
}

/**
 * Makes an ask-tell search that keeps its history in memory.
 *
 * @example
 * ```ts
 * import { compileSpace, createAskTell, float, prunerOf, samplerOf, nop, tpe } from 'assay';
 *
 * const space = compileSpace({ x: float(-5, 5) });
 * const search = createAskTell({ space, directions: ['minimize'], sampler: samplerOf(tpe()), pruner: prunerOf(nop()), seed: 1 });
 * for (let i = 0; i < 30; i++) {
 *   const { number, params } = search.ask();
 *   search.tell(number, { state: 'complete', values: [(Number(params['x']) - 2) ** 2] });
 * }
 * console.log(search.best());
 * ```
 */
export function createAskTell({
  space,
  directions,
  sampler,
  pruner,
  pruneDirection,
  replicates = 'none',
  earlier = [],
  seed,
}: AskTellOptions): AskTellInMemory {
  const [direction] = directions;
  if (earlier.length > 0 && (sampler.learnsFromEarlier !== true || directions.length > 1))
    throw new AssayError('study_invalid', 'this search cannot start from earlier studies', {
      place: 'earlier',
      hint: 'take the sampler auto, gp or tpe and one objective, or leave earlier out',
    });
  const trials: KnownTrial[] = [];
  const observations = new Map<number, Observation>();
  const rng = createRng(seed);
  const taught = withReplicates(withHistoryFilter(pruner, sampler), replicates);

  const enter = (params: FlatParams): KnownTrial => {
    const trial: KnownTrial = { number: trials.length, params, steps: [], values: [], note: null, state: 'running' };
    trials.push(trial);
    observations.set(trial.number, { state: 'running', number: trial.number, params });
    return trial;
  };

  const open = (number: number): KnownTrial => {
    const trial = trials[number];
    if (trial === undefined) throw new AssayError('not_found', `there is no trial ${number}`, { hint: 'ask first; numbers count from 0' });
    if (trial.state !== 'running')
      throw new AssayError('conflict', `trial ${number} is ${trial.state} already`, { hint: 'a finished trial does not change' });
    return trial;
  };

  const complete = (trial: KnownTrial, { values, constraints, noise }: ToldValue): void => {
    const { number, params } = trial;
    const value = values[0]!;
    trial.state = 'complete';
    trial.value = value;
    if (constraints !== undefined) trial.feasible = meetsConstraints(constraints);
    observations.set(number, {
      state: 'complete',
      number,
      params,
      value,
      values,
      ...(constraints !== undefined && { constraints }),
      ...(noise !== undefined && { noise: checkedNoise(noise, 'usage') }),
      ...(trial.steps.length > 0 && { lastStep: Math.max(...trial.steps) }),
    });
  };

  return {
    ask: () => {
      const history: History = {
        direction,
        directions,
        observations: [...observations.values()],
        ...(earlier.length > 0 && { earlier }),
        next: trials.length,
        seed,
      };
      const { number, params } = enter(suggest(taught, space, history, rng.fork(trials.length)));
      return { number, params };
    },
    report: (number, step, value) => {
      const trial = open(number);
      checkStep(trial.steps, number, step);
      trial.steps.push(step);
      trial.values.push(value);
      const peers = trials.filter((other) => other !== trial);
      const decision = decide(pruner, trial, peers, pruneDirection ?? direction);
      if (decision.note !== undefined) trial.note = decision.note;
      if (decision.prune && decision.expected !== undefined && directions.length === 1) trial.expected = decision.expected;
      return decision;
    },
    tell: (number, told) => {
      const trial = open(number);
      if (told.state === 'complete') {
        checkResult(told, directions.length);
        complete(trial, told);
        return;
      }
      if (told.state === 'pruned') checkTold(told);
      trial.state = told.state;
      if (told.state === 'failed') observations.set(number, { state: 'failed', number, params: trial.params });
      else
        observations.set(number, {
          state: 'pruned',
          number,
          params: trial.params,
          last: lastReport(trial),
          ...(trial.expected && { expected: trial.expected }),
        });
    },
    add: (params, result) => {
      const checked = checkParams(space, params);
      checkResult(result, directions.length);
      const trial = enter(checked);
      complete(trial, result);
      return { number: trial.number };
    },
    best: () => {
      const all: History = { direction, directions, observations: [...observations.values()] };
      return bestTrials(replicates === 'none' ? all.observations : configurationMeans(all), directions).map(
        ({ number, params, value, values = [value] }) => ({ number, params, values }),
      );
    },
    recommend: () => recommend(space, { direction, directions, observations: [...observations.values()] }),
  };
}

/** @throws AssayError `usage` or `conflict`. */
export function checkStep(reported: readonly number[], number: number, step: number): void {
  if (!Number.isInteger(step) || step < 0 || step > largestStep)
    throw new AssayError('usage', `step ${step} is not a whole number from 0 to ${largestStep}`, { hint: 'count steps from 0 or 1' });
  if (reported.includes(step))
    throw new AssayError('conflict', `trial ${number} has reported step ${step} already`, { hint: 'report each step once' });
}

/** Refuses NaN, which compares with nothing: such a trial must be told as failed. @throws AssayError `usage` */
export function checkResult({ values, constraints = [], noise, dailyReturns }: ToldValue, objectives: number): void {
  if (values.length !== objectives)
    throw new AssayError('usage', `${values.length} values for ${counted(objectives, 'objective')}`, {
      hint: 'give one value for each direction',
    });
  if ([...values, ...constraints].some((number) => typeof number !== 'number' || Number.isNaN(number)))
    throw new AssayError('usage', 'a complete trial has a number for its value and for each constraint', {
      hint: 'tell the state failed instead',
    });
  if (noise !== undefined) {
    if (objectives > 1)
      throw new AssayError('usage', 'noise is told of one objective', { place: 'noise', hint: 'leave it out where there are several' });
    checkedNoise(noise, 'usage');
  }
  checkTold({ dailyReturns });
}

/** @throws AssayError `usage` for daily returns that are not finite or not in the order of their days */
export function checkTold({ dailyReturns }: { readonly dailyReturns?: DailyReturns | undefined }): void {
  if (dailyReturns !== undefined) checkedDailyReturns(dailyReturns, { invalid: 'usage', notFinite: 'usage' });
}

function lastReport({ steps, values }: KnownTrial): { readonly step: number; readonly value: number } | null {
  if (steps.length === 0) return null;
  const step = Math.max(...steps);
  return { step, value: values[steps.indexOf(step)]! };
}
