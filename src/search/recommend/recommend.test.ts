import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { float } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import type { History, Observation } from '../trial/history.ts';
import { recommend } from './recommend.ts';

const space = compileSpace({ x: float(0, 1) });

function trials(count: number, seenAt: (x: number, number: number) => number): Observation[] {
  return Array.from({ length: count }, (_, number) => {
    const x = (number + 0.5) / count;
    return { state: 'complete', number, params: { x }, value: seenAt(x, number) };
  });
}

const noise = createRng('recommend');
const lucky = trials(40, (x, number) => (number === 36 ? -0.35 : (x - 0.25) ** 2 + 0.1 * noise.normal()));

describe('recommend', () => {
  test('of more trials than the model has, one that it was not made of is not put first, whatever is expected of its place', () => {
    // The worst trial by far, at the best place: of 320 the model has the better half and every second of the others, without the last.
    const many = trials(320, (x, number) => (number === 80 ? 5 : (x - 80.5 / 320) ** 2));
    const [best] = recommend(space, { direction: 'minimize', observations: many });
    expect(best!.number).not.toBe(80);
    expect(best!.observed).toBeLessThan(0.001);
  });

  test('passes over a lucky trial among bad ones, and says that it would not come again', () => {
    const ranked = recommend(space, { direction: 'minimize', observations: lucky });
    expect(ranked).toHaveLength(40);
    expect(Math.abs(Number(ranked[0]!.params['x']) - 0.25)).toBeLessThan(0.2);
    const luckiest = ranked.find(({ number }) => number === 36)!;
    expect(ranked.indexOf(luckiest)).toBeGreaterThan(10);
    expect(luckiest.observed).toBe(-0.35);
    expect(luckiest.expected!.value).toBeGreaterThan(0.1);
    expect(luckiest.expected!.noise).toBeGreaterThan(0.05);
    expect(luckiest.inWords).toMatch(/^observed -0\.35, expected again 0\.\d+ \+- 0\.\d+; one trial varies by 0\.1/);
  });

  test('is the same whatever the direction, with signs turned', () => {
    const up = lucky.map((trial) => (trial.state === 'complete' ? { ...trial, value: -trial.value } : trial));
    const down = recommend(space, { direction: 'minimize', observations: lucky });
    const mirrored = recommend(space, { direction: 'maximize', observations: up });
    expect(mirrored.map(({ number }) => number)).toEqual(down.map(({ number }) => number));
    expect(mirrored[0]!.expected!.value).toBeCloseTo(-down[0]!.expected!.value, 10);
    expect(mirrored[0]!.expected!.low).toBeCloseTo(-down[0]!.expected!.high, 10);
  });

  test('without noise it recommends the best trial and expects its value again', () => {
    const [best] = recommend(space, { direction: 'minimize', observations: trials(30, (x) => (x - 0.42) ** 2) });
    expect(best!.number).toBe(12);
    expect(best!.expected!.value).toBeCloseTo(best!.observed, 3);
    expect(best!.expected!.high - best!.expected!.low).toBeLessThan(0.01);
  });

  test('of few trials for many parameters it says that their noise cannot be known, unless one was repeated', () => {
    const wide = compileSpace(Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`x${i}`, float(0, 1)])));
    const rng = createRng('few');
    const observations = Array.from({ length: 12 }, (_, number): Observation => {
      const params = Object.fromEntries(wide.params.map(({ name }) => [name, rng.uniform()]));
      return { state: 'complete', number, params, value: rng.normal() };
    });
    const [best] = recommend(wide, { direction: 'minimize', observations });
    expect(best!.inWords).toMatch(/ at least: too few trials, none repeated, to tell luck from the parameters$/);
    const again: Observation = { ...observations[0]!, number: 12 };
    expect(recommend(wide, { direction: 'minimize', observations: [...observations, again] })[0]!.inWords).not.toContain('at least');
  });

  test('trials of one configuration are one line, and the more of them agree the more is expected', () => {
    const more = [1, 2, 3, 4].map((k): Observation => ({ state: 'complete', number: 39 + k, params: lucky[36]!.params, value: -0.3 }));
    const alone = recommend(space, { direction: 'minimize', observations: lucky }).find(({ number }) => number === 36)!;
    const together = recommend(space, { direction: 'minimize', observations: [...lucky, ...more] }).find(({ number }) => number === 36)!;
    expect(together.trials).toEqual([36, 40, 41, 42, 43]);
    expect(together.observed).toBeCloseTo(-0.31, 12);
    expect(together.expected!.value).toBeLessThan(alone.expected!.value - 0.1);
  });

  test('leaves out trials that miss a constraint, have failed or run', () => {
    const observations: Observation[] = [
      ...trials(10, (x) => x),
      { state: 'complete', number: 10, params: { x: 0.001 }, value: -5, constraints: [1] },
      { state: 'failed', number: 11, params: { x: 0.3 } },
      { state: 'running', number: 12, params: { x: 0.4 } },
    ];
    const ranked = recommend(space, { direction: 'minimize', observations });
    expect(ranked.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('with fewer than eight trials it goes by the values and expects nothing', () => {
    const ranked = recommend(space, { direction: 'maximize', observations: trials(3, (x) => x) });
    expect(ranked.map(({ number, expected }) => [number, expected])).toEqual([
      [2, null],
      [1, null],
      [0, null],
    ]);
    expect(ranked[0]!.inWords).toMatch(/too few trials/);
    expect(recommend(space, { direction: 'minimize', observations: [] })).toEqual([]);
  });

  test('infinite and equal values have finite expectations', () => {
    const infinite = trials(12, (x, number) => (number === 3 ? Number.POSITIVE_INFINITY : x));
    const huge = createRng('huge');
    const noisy = trials(12, () => 1e300 * huge.normal());
    for (const observations of [infinite, noisy, trials(12, () => 5)])
      for (const { expected } of recommend(space, { direction: 'minimize', observations }))
        expect(Object.values(expected!).every(Number.isFinite)).toBe(true);
  });

  test('puts configurations that the model does not know behind all that it knows, however good their values', () => {
    const unknown: Observation = { state: 'complete', number: 12, params: { y: 1 }, value: -100 };
    const ranked = recommend(space, { direction: 'minimize', observations: [...trials(12, (x) => x), unknown] });
    expect(ranked.map(({ expected }) => expected === null)).toEqual([...Array.from({ length: 12 }, () => false), true]);
    expect(ranked.at(-1)!.number).toBe(12);
  });

  test('of few trials under much noise it says how little it knows: most true values are within two of its deviations', () => {
    const wide = compileSpace(Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`x${i}`, float(0, 1)])));
    const truth = (params: Observation['params']): number => 2 * (Number(params['x0']) - 0.5) ** 2 + Number(params['x1']);
    const within = Array.from({ length: 20 }, (_, seed) => {
      const rng = createRng(`case ${seed}`);
      const observations = Array.from({ length: 12 }, (__, number): Observation => {
        const params = Object.fromEntries(wide.params.map(({ name }) => [name, rng.uniform()]));
        return { state: 'complete', number, params, value: truth(params) + rng.normal() };
      });
      const [best] = recommend(wide, { direction: 'minimize', observations });
      const { low, high } = best!.expected!;
      return Math.abs(truth(best!.params) - (low + high) / 2) <= high - low;
    });
    expect(within.filter(Boolean).length).toBeGreaterThanOrEqual(12);
  });

  test('does not depend on what was asked before', () => {
    const history: History = { direction: 'minimize', observations: lucky };
    const first = recommend(space, history);
    recommend(space, { direction: 'maximize', observations: lucky.slice(0, 20) });
    expect(recommend(compileSpace({ x: float(0, 1) }), structuredClone(history))).toEqual(first);
  });
});
