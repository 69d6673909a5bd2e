import { expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { float, int } from '../space/builders.ts';
import { checkParams } from '../space/codec.ts';
import { compileSpace } from '../space/compile.ts';
import type { Param } from '../space/param.ts';
import type { Observation } from '../trial/history.ts';
import { samplerOf } from './index.ts';

const samplers = ['random', 'tpe', 'gp', 'auto', 'cmaes', 'nsga2', 'qmc', 'grid'];
const largest = Number.MAX_SAFE_INTEGER;

/** Ranges whose number of steps is near the resolution of doubles. */
const ranges: Readonly<Record<string, Param>> = {
  '2^53 - 1 whole numbers from 0': int(0, largest),
  '2^53 - 1 whole numbers around 0': int(-(2 ** 52) + 1, 2 ** 52 - 1),
  'whole numbers on a log scale': int(1, largest, { log: true }),
  'whole numbers in steps': int(-(2 ** 51), 2 ** 51, { step: 3 }),
  '1e15 steps': float(0, 1e8, { step: 1e-7 }),
  'steps of 1e10': float(0, 1e25, { step: 1e10 }),
  '2^32 whole numbers': int(0, 2 ** 32),
  '1e11 steps': float(0, 1000, { step: 1e-8 }),
};

test.each(Object.entries(ranges))('every sampler suggests varied values inside the range: %s', (_, param) => {
  const space = compileSpace({ n: param, x: float(0, 1, { step: 0.5 }) });
  for (const id of samplers) {
    const sampler = samplerOf({ id, options: {} });
    const observations: Observation[] = [];
    for (let number = 0; number < 24; number++) {
      const params = sampler.suggest(space, { direction: 'minimize', observations, next: number, seed: 1 }, createRng(`${id} ${number}`));
      expect({ id, params: checkParams(space, params) }).toEqual({ id, params });
      const { n, x } = params;
      observations.push({ state: 'complete', number, params, value: Math.abs(Number(n) / 1e8 - 0.4) + Number(x) });
    }
    expect(new Set(observations.map(({ params }) => params['n'])).size).toBeGreaterThan(3);
  }
});

test('cmaes treats a range of very many steps as continuous', () => {
  const space = compileSpace({ n: float(0, 1e6, { step: 1e-6 }), m: int(0, 1e12) });
  const sampler = samplerOf({ id: 'cmaes', options: {} });
  const observations: Observation[] = [];
  for (let number = 0; number < 150; number++) {
    const params = sampler.suggest(space, { direction: 'minimize', observations, next: number, seed: 1 }, createRng(number));
    const value = (Number(params['n']) / 1e6 - 0.7) ** 2 + (Number(params['m']) / 1e12 - 0.2) ** 2;
    observations.push({ state: 'complete', number, params, value });
  }
  expect(Math.min(...observations.map((trial) => (trial.state === 'complete' ? trial.value : 1)))).toBeLessThan(1e-4);
});

test.each([
  ['1e17 steps', float(0, 1e9, { step: 1e-8 })],
  ['steps below the resolution of doubles', float(1e9, 1e9 + 1, { step: 1e-9 })],
  ['2^54 whole numbers', int(-largest, largest)],
  ['2^54 whole numbers in steps', int(-largest, largest, { step: 1000 })],
])('a range with more steps than doubles can distinguish is refused: %s', (_, param) => {
  expect(() => compileSpace({ n: param })).toThrow(
    expect.objectContaining({ code: 'space_invalid', place: 'n', hint: expect.stringMatching(/float|continuous/) as string }) as Error,
  );
});
