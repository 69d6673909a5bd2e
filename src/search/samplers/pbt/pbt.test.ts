import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestFixed, gain, steps } from '../../../../tests/fixtures/drift.ts';
import { createRng } from '../../../core/rng.ts';
import { nop, prunerOf } from '../../pruners/index.ts';
import type { PeerCurve } from '../../pruners/pruner.ts';
import { choice, float, int } from '../../space/builders.ts';
import { checkParams } from '../../space/codec.ts';
import { compileSpace } from '../../space/compile.ts';
import { defineStudy } from '../../study/define-study.ts';
import type { Curve } from '../../trial/history.ts';
import { pbt, samplerOf } from '../index.ts';

const options = { population: 4, interval: 5 };
const space = compileSpace({ lr: float(1e-5, 1e-1, { log: true }), layers: int(1, 4), act: choice(['relu', 'silu']) });
const params = { lr: 1e-3, layers: 2, act: 'relu' };
const curve = (number: number, values: readonly number[]): Curve => ({ number, steps: values.map((_, i) => i + 1), values });
const running = (number: number, value: number, length = 5): PeerCurve => ({
  ...curve(
    number,
    Array.from({ length }, () => value),
  ),
  state: 'running',
});

describe('the pruner of a population', () => {
  const { decide } = prunerOf(pbt(options));

  test('prunes the worst quarter at each milestone and names the best', () => {
    const peers = [running(0, 1), running(1, 2), running(2, 3)];
    const own = (value: number, length = 5) =>
      curve(
        9,
        Array.from({ length }, () => value),
      );
    expect(decide(own(4), peers, 'minimize')).toEqual({
      prune: true,
      reason: 'value 4 at step 5 is among the worst 1 of 4 that reached it; #0 leads them with 1',
    });
    expect(decide(own(4), peers, 'maximize').prune).toBe(false);
    expect(decide(own(2.5), peers, 'minimize').prune).toBe(false);
    expect(decide(own(Number.NaN), peers, 'maximize').prune).toBe(true);
    // A trial that passed the milestone first is pruned at a later report; before the first milestone nothing is compared.
    expect(decide(own(4, 6), peers, 'minimize').prune).toBe(true);
    expect(decide(own(4, 4), peers, 'minimize').prune).toBe(false);
  });

  test('counts each trial that trained up to the milestone, pruned ones too, but no fork that inherited it', () => {
    const bad = curve(9, [1, 1, 1, 1, 3]);
    const pruned = (number: number, value: number) => ({ ...running(number, value), state: 'pruned' as const });
    expect(decide(bad, [pruned(0, 4), running(1, 1), running(2, 2)], 'minimize').prune).toBe(false);
    const forks = [4, 5, 6, 7].map((number) => ({ ...running(number, 1), inherited: 5 }));
    expect(decide(bad, [pruned(0, 4), running(1, 1), running(2, 2), ...forks], 'minimize').prune).toBe(false);
    expect(decide({ ...bad, inherited: 5 }, [running(0, 1), running(1, 1), running(2, 2)], 'minimize').prune).toBe(false);
  });

  test('prunes only if enough trials got as far and one of them is better', () => {
    expect(decide(curve(9, [1, 1, 1, 1, 9]), [running(0, 1), running(1, 2), running(2, 3, 4)], 'minimize').prune).toBe(false);
    const equal = [0, 1, 2].map((number) => running(number, 1));
    expect(decide(curve(9, [1, 1, 1, 1, 1]), equal, 'minimize').prune).toBe(false);
  });
});

describe('the sampler of a population', () => {
  const population = {
    direction: 'minimize' as const,
    curves: [running(0, 3), running(1, 1), running(2, 2), running(3, 4)],
    checkpoints: new Map([0, 1, 2, 3].map((number) => [number, { step: 5, params }])),
    next: 4,
  };
  const { fork } = samplerOf(pbt(options));
  const forked = (change: Partial<typeof population> = {}, ref = pbt(options), seed = 1) =>
    samplerOf(ref).fork!(space, { ...population, ...change }, createRng(seed));

  test('forks from the best trial with a checkpoint; founders and trials before the first milestone start from nothing', () => {
    expect(forked()).toMatchObject({ from: 1, step: 5 });
    const without = new Map([...population.checkpoints].filter(([number]) => number !== 1));
    expect(forked({ checkpoints: without })).toMatchObject({ from: 2 });
    expect(forked({ next: 3 })).toBeNull();
    expect(forked({ curves: [] })).toBeNull();
    expect(forked({ curves: population.curves.map((each) => ({ ...each, steps: [1], values: [1] })) })).toBeNull();
  });

  test('starts from nothing if only the worst trials, or trials with NaN, have a checkpoint', () => {
    const only = (...numbers: readonly number[]) => new Map([...population.checkpoints].filter(([number]) => numbers.includes(number)));
    const far = population.curves.map(({ number, values }) => running(number, values[0]!, 10));
    for (const curves of [population.curves, far]) {
      expect(forked({ curves, checkpoints: only(3) })).toBeNull();
      expect(forked({ curves, checkpoints: only(0, 3) })).toMatchObject({ from: 0 });
    }
    const diverged = [running(0, Number.NaN), running(1, Number.NaN), running(2, 2), running(3, 4)];
    for (const seed of [1, 2, 3]) expect(forked({ curves: diverged, checkpoints: only(0, 1) }, pbt(options), seed)).toBeNull();
    expect(forked({ curves: diverged })).toMatchObject({ from: 2 });
  });

  test('compares at the last milestone that half of them passed', () => {
    // Number 0 got far with a bad value, 2 has not got to the milestone.
    const curves = [running(0, 9, 12), running(1, 1, 10), running(2, 0, 5), running(3, 4, 10)];
    expect(forked({ curves })).toMatchObject({ from: 1 });
  });

  test('refuses to continue without checkpoints once they are due', () => {
    const checkpoints: typeof population.checkpoints = new Map();
    expect(forked({ checkpoints })).toBeNull();
    const far = population.curves.map(({ number }) => running(number, number, 10));
    expect(() => forked({ checkpoints, curves: far })).toThrow(/no trial has kept one/);
  });

  test('perturbs numbers by a factor, keeps choices and fixed parameters, and stays inside the space', () => {
    const still = pbt({ ...options, resample: 0, factors: [2], fixed: ['layers'] });
    expect(forked({}, still)).toMatchObject({ params: { lr: 2e-3, layers: 2, act: 'relu' } });
    expect(forked({}, pbt({ ...options, resample: 0, factors: [1.01] }))).toMatchObject({ params: { layers: 3 } });
    expect(() => forked({}, pbt({ ...options, fixed: ['width'] }))).toThrow(/no parameter "width"/);
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, resample) => {
        checkParams(space, forked({}, pbt({ ...options, resample, factors: [0.01, 100] }), seed)!.params);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  test('is a pure function of its arguments', () => {
    expect(forked()).toEqual(fork!(space, population, createRng(1)));
  });

  test('sets its own pruner and refuses any other', () => {
    const study = { name: 's', direction: 'minimize', space: { x: float(0, 1) }, objective: () => 0, sampler: pbt(options) } as const;
    expect(defineStudy(study).pruner).toEqual(pbt(options));
    expect(() => defineStudy({ ...study, pruner: nop() })).toThrow(/brings its own pruner/);
  });
});

describe('population-based training', () => {
  interface Trial {
    readonly number: number;
    readonly rate: number;
    readonly steps: number[];
    readonly values: number[];
    readonly inherited: number;
    state: PeerCurve['state'];
  }
  const rateSpace = compileSpace({ rate: float(1e-4, 1, { log: true }) });

  /** Returns the best sum of all trials within a number of steps: ten trials at once, a checkpoint with each step. */
  function search(ref: ReturnType<typeof pbt>, prunes: boolean, seed: number): number {
    const sampler = samplerOf(ref);
    const pruner = prunes ? prunerOf(ref) : null;
    const rng = createRng(seed);
    const trials: Trial[] = [];
    const training: Trial[] = [];
    for (let spent = 0; spent < 20 * steps; spent++) {
      while (training.length < 10) {
        const next = trials.length;
        const checkpoints = new Map(
          training
            .filter((each) => each.steps.length > 0)
            .map((each) => [each.number, { step: each.steps.length, params: { rate: each.rate } }]),
        );
        const from = prunes
          ? sampler.fork!(rateSpace, { direction: 'maximize', curves: training, checkpoints, next }, rng.fork(next))
          : null;
        const parent = from === null ? { steps: [], values: [] } : trials[from.from]!;
        const chosen = from?.params ?? sampler.suggest(rateSpace, { direction: 'maximize', observations: [] }, rng.fork(next));
        const trial: Trial = {
          number: next,
          rate: Number(chosen['rate']),
          steps: [...parent.steps],
          values: [...parent.values],
          inherited: parent.steps.length,
          state: 'running',
        };
        trials.push(trial);
        training.push(trial);
      }
      const trial = training.shift()!;
      const step = trial.steps.length + 1;
      trial.steps.push(step);
      trial.values.push((trial.values.at(-1) ?? 0) + gain(step, trial.rate));
      const decision = pruner?.decide(
        trial,
        trials.filter((other) => other !== trial),
        'maximize',
      );
      if (step === steps) trial.state = 'complete';
      else if (decision?.prune === true) trial.state = 'pruned';
      else training.push(trial);
    }
    return Math.max(...trials.map(({ values }) => values.at(-1) ?? 0));
  }

  test('follows a moving optimum: more than twice the best sum of any constant setting, from the same number of steps', () => {
    const ref = pbt({ population: 10, interval: 4, factors: [0.5, 2], resample: 0.1 });
    for (const seed of [1, 2]) {
      expect(search(ref, false, seed)).toBeLessThanOrEqual(bestFixed());
      expect(search(ref, true, seed)).toBeGreaterThan(2 * bestFixed());
    }
  });
});
