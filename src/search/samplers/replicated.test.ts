import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { float, int } from '../space/builders.ts';
import { compileSpace } from '../space/compile.ts';
import { configurationsOf } from '../trial/configurations.ts';
import type { Observation } from '../trial/history.ts';
import type { Replicates } from '../trial/replicates.ts';
import { gp, grid, qmc, samplerOf, samplers, tpe } from './index.ts';
import { withReplicates } from './replicated.ts';
import type { Sampler } from './sampler.ts';

const space = compileSpace({ x: float(0, 1), n: int(1, 3) });

function search(
  sampler: Sampler,
  replicates: Replicates,
  trials: number,
  noise: number,
  end: (number: number) => Partial<Observation> = () => ({}),
) {
  const searching = withReplicates(sampler, replicates);
  const observations: Observation[] = [];
  for (let number = 0; number < trials; number++) {
    const rng = createRng('replicates').fork(number);
    const params = searching.suggest(space, { direction: 'minimize', observations: [...observations], next: number, seed: 1 }, rng);
    const value = (Number(params['x']) - 0.3) ** 2 + Number(params['n']) / 10 + noise * rng.fork('noise').normal();
    observations.push({ state: 'complete', number, params, value, ...end(number) } as Observation);
  }
  return observations;
}

describe('a number of replicates', () => {
  test.each(samplers.filter(({ id }) => id !== 'pbt').map(({ id }) => id))(
    '%s tries each configuration so often, one after the other',
    (id) => {
      const trials = search(samplerOf({ id, options: id === 'grid' ? { points: { x: 4 } } : {} }), 3, 27, 0.1);
      expect(configurationsOf(trials).every(({ trials: of }) => of.length % 3 === 0)).toBe(true);
      for (let number = 0; number < 27; number += 3) expect(trials[number]!.params).toEqual(trials[number + 2]!.params);
    },
  );

  test('a sampler sees each configuration once, with its mean, and goes on as if it were one trial', () => {
    const twice = search(samplerOf(qmc()), 2, 20, 0.1);
    const once = search(samplerOf(qmc()), 'none', 10, 0);
    expect(configurationsOf(twice).map(({ params }) => params)).toEqual(once.map(({ params }) => params));
  });

  test('what failed, was pruned or missed a constraint is not tried again', () => {
    for (const end of [{ state: 'failed' }, { state: 'pruned', last: null }, { constraints: [1] }] as const) {
      const trials = search(samplerOf(tpe()), 2, 12, 0.1, (number) => (number === 0 ? end : {}) as Partial<Observation>);
      expect(trials[1]!.params).not.toEqual(trials[0]!.params);
      expect(trials[2]!.params).toEqual(trials[1]!.params);
    }
  });

  test('while a first trial runs another configuration is begun, and both are tried again', () => {
    const sampler = withReplicates(samplerOf(tpe()), 2);
    const running: Observation = { state: 'running', number: 0, params: { x: 0.5, n: 1 } };
    const other = sampler.suggest(space, { direction: 'minimize', observations: [running], next: 1 }, createRng(1));
    expect(other).not.toEqual(running.params);
    const ended: Observation = { state: 'complete', number: 0, params: running.params, value: 1 };
    const history = { direction: 'minimize' as const, observations: [ended, { state: 'running' as const, number: 1, params: other }] };
    expect(sampler.suggest(space, history, createRng(2))).toEqual(running.params);
  });

  test('a grid ends after all of them', () => {
    const sampler = samplerOf(grid({ points: { x: 4 } }));
    expect(withReplicates(sampler, 3).trials!(space)).toBe(36n);
  });
});

describe('replicates where they pay', () => {
  test('without noise nothing is tried again', () => {
    expect(configurationsOf(search(samplerOf(gp()), 'auto', 25, 0))).toHaveLength(25);
  });

  test('under noise good configurations are tried again, bad ones are not', () => {
    const trials = search(samplerOf(gp()), 'auto', 40, 0.2);
    const again = configurationsOf(trials).filter(({ trials: of }) => of.length > 1);
    expect(again.length).toBeGreaterThan(0);
    for (const { params } of again) expect((Number(params['x']) - 0.3) ** 2 + Number(params['n']) / 10).toBeLessThan(0.4);
  });

  test('a suggestion depends on the history alone', () => {
    const trials = search(samplerOf(gp()), 'auto', 30, 0.2);
    const ask = (observations: readonly Observation[]) =>
      withReplicates(samplerOf(gp()), 'auto').suggest(space, { direction: 'minimize', observations }, createRng(5));
    expect(ask(structuredClone(trials))).toEqual(ask(trials));
  });
});
