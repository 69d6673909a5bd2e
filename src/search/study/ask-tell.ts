import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { createRng } from '../../core/rng.ts';
import type { PeerCurve, Pruner, Verdict } from '../pruners/pruner.ts';
import type { Sampler } from '../samplers/sampler.ts';
import { checkParams } from '../space/codec.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { Constraints, Direction, History, Observation } from '../trial/history.ts';

/** What became of a trial that was asked for. */
export type Told =
  | { readonly state: 'complete'; readonly value: number; readonly constraints?: Constraints }
  | { readonly state: 'pruned' | 'failed' };

export interface Suggestion {
  readonly number: number;
  readonly params: FlatParams;
}

/**
 * A search whose trials run elsewhere, its history in memory. Several trials may be open at once. Every verb either does
 * all it says or throws and changes nothing.
 */
export interface AskTell {
  readonly ask: () => Suggestion;
  /** A value on the way; throws `conflict` for a trial that is not open or a step that was reported. */
  readonly report: (number: number, step: number, value: number) => Verdict;
  /** Ends an open trial. A complete trial's value may be infinite, never NaN. */
  readonly tell: (number: number, told: Told) => void;
  /** A result known from elsewhere, checked against the space. */
  readonly add: (params: FlatParams, value: number) => { readonly number: number };
  /** The best complete trial that meets its constraints; null while there is none. */
  readonly best: () => (Suggestion & { readonly value: number }) | null;
}

export interface AskTellOptions {
  readonly space: CompiledSpace;
  readonly direction: Direction;
  readonly sampler: Sampler;
  readonly pruner: Pruner;
  readonly seed: number;
}

interface OpenTrial {
  readonly number: number;
  readonly params: FlatParams;
  readonly steps: number[];
  readonly values: number[];
  note: Json;
}

export function createAskTell({ space, direction, sampler, pruner, seed }: AskTellOptions): AskTell {
  const trials: OpenTrial[] = [];
  const told = new Map<number, Told>();
  const rng = createRng(seed);

  const enter = (params: FlatParams): OpenTrial => {
    const trial: OpenTrial = { number: trials.length, params, steps: [], values: [], note: null };
    trials.push(trial);
    return trial;
  };

  const open = (number: number): OpenTrial => {
    const trial = trials[number];
    if (trial === undefined) throw new AssayError('not_found', `there is no trial ${number}`, { hint: 'ask first; numbers count from 0' });
    const end = told.get(number);
    if (end !== undefined)
      throw new AssayError('conflict', `trial ${number} is ${end.state} already`, { hint: 'a finished trial does not change' });
    return trial;
  };

  const peerOf = (trial: OpenTrial): PeerCurve => {
    const end = told.get(trial.number);
    return { ...trial, state: end?.state ?? 'running', ...(end?.state === 'complete' && { value: end.value }) };
  };

  return {
    ask: () => {
      const observations = trials.flatMap((trial) => observationOf(trial, told.get(trial.number)));
      const history: History = { direction, observations, next: trials.length, seed };
      const { number, params } = enter(sampler.suggest(space, history, rng.fork(trials.length)));
      return { number, params };
    },
    report: (number, step, value) => {
      const trial = open(number);
      if (!Number.isSafeInteger(step) || step < 0)
        throw new AssayError('usage', `step ${step} is not a whole number from 0`, { hint: 'count steps from 0 or 1' });
      if (trial.steps.includes(step))
        throw new AssayError('conflict', `trial ${number} has reported step ${step} already`, { hint: 'report each step once' });
      trial.steps.push(step);
      trial.values.push(value);
      const verdict = pruner.judge(trial, trials.filter((other) => other !== trial).map(peerOf), direction);
      if (verdict.note !== undefined) trial.note = verdict.note;
      return verdict;
    },
    tell: (number, end) => {
      open(number);
      if (end.state === 'complete') checkNumbers(end.value, end.constraints ?? []);
      told.set(number, end);
    },
    add: (params, value) => {
      checkParams(space, params);
      checkNumbers(value, []);
      const { number } = enter(params);
      told.set(number, { state: 'complete', value });
      return { number };
    },
    best: () => {
      let best: (Suggestion & { readonly value: number }) | null = null;
      for (const { number, params } of trials) {
        const end = told.get(number);
        if (end?.state !== 'complete' || end.constraints?.some((constraint) => constraint > 0)) continue;
        if (best === null || (direction === 'minimize' ? end.value < best.value : end.value > best.value))
          best = { number, params, value: end.value };
      }
      return best;
    },
  };
}

/** NaN would never win, and would hide in every comparison: such a trial has failed. */
function checkNumbers(value: number, constraints: Constraints): void {
  if ([value, ...constraints].some((figure) => typeof figure !== 'number' || Number.isNaN(figure)))
    throw new AssayError('usage', 'a complete trial has a number for its value and for each constraint', {
      hint: 'tell the state failed instead',
    });
}

/** Failed trials are no observation. */
function observationOf({ number, params, steps, values }: OpenTrial, end: Told | undefined): readonly Observation[] {
  switch (end?.state) {
    case undefined:
      return [{ state: 'running', number, params }];
    case 'complete':
      return [
        { state: 'complete', number, params, value: end.value, ...(end.constraints !== undefined && { constraints: end.constraints }) },
      ];
    case 'pruned': {
      const step = Math.max(...steps);
      return [{ state: 'pruned', number, params, last: steps.length === 0 ? null : { step, value: values[steps.indexOf(step)]! } }];
    }
    case 'failed':
      return [];
  }
}
