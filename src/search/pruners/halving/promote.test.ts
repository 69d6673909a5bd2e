import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../../core/json.ts';
import { createRng } from '../../../core/rng.ts';
import type { AlgorithmRef } from '../../algorithm.ts';
import { hyperband, patient, prunerOf, successiveHalving } from '../index.ts';
import type { PeerCurve } from '../pruner.ts';
import { noteOf } from './rungs.ts';

interface Trial {
  readonly number: number;
  readonly steps: number[];
  readonly values: number[];
  note: Json;
  state: PeerCurve['state'];
}

interface Course {
  readonly trials: number;
  readonly workers: number;
  readonly reportOf: (number: number, step: number) => number;
  /** Called with the state of things before each promotion takes effect. */
  readonly onPromotion?: (trial: Trial, trials: readonly Trial[]) => void;
}

const length = 16;

/** Trials of 16 steps, some at once, a step each in turn; a worker that is free takes who is promoted, else a new one. */
function follow(ref: AlgorithmRef, { trials: count, workers, reportOf, onPromotion }: Course): readonly Trial[] {
  const pruner = prunerOf(ref);
  const trials: Trial[] = [];
  const running: Trial[] = [];
  for (;;) {
    while (running.length < workers) {
      const waiting = new Set(trials.flatMap(({ state, number }) => (state === 'paused' ? [number] : [])));
      const promoted = pruner.nextToAdvance?.(waiting, trials, 'minimize') ?? null;
      if (promoted === null && trials.length === count) break;
      const trial: Trial =
        promoted === null ? { number: trials.length, steps: [], values: [], note: null, state: 'running' } : trials[promoted.number]!;
      if (promoted === null) trials.push(trial);
      else {
        onPromotion?.(trial, trials);
        trial.note = promoted.note;
      }
      trial.state = 'running';
      running.push(trial);
    }
    const trial = running.shift();
    if (trial === undefined) return trials;
    const step = trial.steps.length + 1;
    trial.steps.push(step);
    trial.values.push(reportOf(trial.number, step));
    const decision = pruner.decide(
      trial,
      trials.filter((other) => other !== trial),
      'minimize',
    );
    trial.note = decision.note ?? trial.note;
    if (step === length) trial.state = 'complete';
    else if (decision.prune) trial.state = decision.pause === true ? 'paused' : 'pruned';
    else running.push(trial);
  }
}

const halving = successiveHalving({ minResource: 1, reductionFactor: 2, promote: true });
const rungOf = (trial: Trial): number => noteOf(trial)!.steps.length - 1;
const valueAtRung = (trial: Trial, rung: number): number | undefined => {
  const step = noteOf(trial)?.steps[rung];
  return step === undefined ? undefined : trial.values[step - 1];
};

/** Number of trials that are better at the trial's rung, and that reached it. */
function rankOf(trial: Trial, trials: readonly Trial[]): { readonly better: number; readonly reached: number } {
  const reached = trials.flatMap((other) => valueAtRung(other, rungOf(trial)) ?? []);
  return { better: reached.filter((value) => value < valueAtRung(trial, rungOf(trial))!).length, reached: reached.length };
}

describe('halving that promotes', () => {
  /** Number 1 is the second best at the first rung and the best in the end; by then number 0 is the only one that may pass. */
  const late = (number: number, step: number): number => (number === 1 && step > 1 ? -step : number === 0 ? 0 : number) + 1 / step;

  test('an early decision costs nothing: a trial that is among the best when more have come goes on', () => {
    const course = { trials: 8, workers: 1, reportOf: late };
    const stateOf = (ref: AlgorithmRef): string => follow(ref, course)[1]!.state;
    expect(stateOf(successiveHalving({ minResource: 1, reductionFactor: 2 }))).toBe('pruned');
    expect(stateOf(halving)).toBe('complete');
    expect(stateOf(patient({ patience: 0, wrapped: halving }))).toBe('complete');
  });

  test('lets the farthest go first, then the best', () => {
    const { nextToAdvance: promotes } = prunerOf(halving);
    const paused = (number: number, values: readonly number[], rungs: readonly number[]): PeerCurve => ({
      number,
      steps: values.map((_, i) => i + 1),
      values,
      note: { resource: 1, steps: [...rungs] },
      state: 'paused',
    });
    const curves = [paused(0, [1, 1], [1, 2]), paused(1, [2, 5], [1, 2]), paused(2, [3], [1]), paused(3, [0], [1])];
    const next = (...waiting: number[]) => promotes!(new Set(waiting), curves, 'minimize');
    expect(next(0, 1, 2, 3)).toMatchObject({ number: 0, note: { resource: 1, steps: [1, 2], promoted: 2 } });
    expect(next(1, 2, 3)).toMatchObject({ number: 3, note: { resource: 1, steps: [1], promoted: 1 } });
    expect(next(1, 2)).toBeNull();
    expect(next()).toBeNull();
  });

  test('decides no second time on a rung that a trial has passed, where it goes on from before it', () => {
    const { decide } = prunerOf(halving);
    const peers: readonly PeerCurve[] = [0, 1, 2].map((number) => ({
      number,
      steps: [1],
      values: [0],
      note: { resource: 1, steps: [1] },
      state: 'running',
    }));
    const again = { number: 9, steps: [1], values: [5] };
    expect(decide({ ...again, note: { resource: 1, steps: [1] } }, peers, 'minimize')).toMatchObject({ prune: true, pause: true });
    expect(decide({ ...again, note: { resource: 1, steps: [1], promoted: 1 } }, peers, 'minimize')).toMatchObject({ prune: false });
  });

  test('NaN waits for nothing', () => {
    const decision = prunerOf(halving).decide({ number: 0, steps: [1], values: [Number.NaN] }, [], 'minimize');
    expect(decision).toMatchObject({ prune: true });
    expect(decision).not.toHaveProperty('pause');
  });

  const refs: readonly (readonly [string, AlgorithmRef])[] = [
    ['successive halving', halving],
    ['successive halving that learns its resource', successiveHalving({ reductionFactor: 2, promote: true })],
    ['successive halving with a bootstrap', successiveHalving({ minResource: 2, reductionFactor: 3, bootstrapCount: 4, promote: true })],
    ['hyperband', hyperband({ maxResource: 9, promote: true })],
  ];

  test.each(refs)('%s: only the best of a rung are promoted, and at the end no trial waits that would pass', (_, ref) => {
    const options = ref.options as { readonly reductionFactor: number; readonly bootstrapCount: number };
    const single = ref.id !== 'hyperband';
    const places = (reached: number): number =>
      reached <= options.bootstrapCount ? 0 : Math.max(1, Math.floor(reached / options.reductionFactor));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), fc.nat(), (count, workers, seed) => {
        const rng = createRng(seed);
        const trials = follow(ref, {
          trials: count,
          workers,
          // Ties, too.
          reportOf: (number, step) => Math.round(4 * rng.fork(number).fork(step).normal()),
          onPromotion: (trial, all) => {
            const { better, reached } = rankOf(trial, all);
            if (single) expect(better).toBeLessThan(places(reached));
          },
        });
        expect(trials).toHaveLength(count);
        for (const trial of trials) {
          expect(['complete', 'paused']).toContain(trial.state);
          if (trial.state !== 'paused' || !single) continue;
          const { better, reached } = rankOf(trial, trials);
          expect(better).toBeGreaterThanOrEqual(places(reached));
        }
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});
