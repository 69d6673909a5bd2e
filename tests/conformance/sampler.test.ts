import { expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { samplerOf, samplers } from '../../src/search/samplers/index.ts';
import { samplerConformance } from '../../src/testing/sampler.ts';

/** Options to test besides the defaults; a sampler without an entry is tested with its defaults. */
const variants: Readonly<Record<string, readonly Json[]>> = {
  tpe: [
    { startupTrials: 5 },
    { startupTrials: 5, multivariate: false, constantLiar: false },
    { startupTrials: 5, group: false, endpoints: true, magicClip: false, gamma: 'hyperopt' },
    { startupTrials: 5, release: '4.9' },
  ],
  gp: [{}, { prior: 'reference', output: 'none', warp: false, kernel: 'gaussian' }],
  cmaes: [{}, { separable: true, restarts: 'bipop', population: 4 }],
  nsga2: [{}, { crossover: 'uniform', population: 5, mutationRate: 0.3 }],
  pbt: [{ population: 4, interval: 5 }],
  qmc: [{}, { sequence: 'halton' }],
  grid: [{ points: 2 }],
};

for (const { id } of samplers)
  for (const options of variants[id] ?? [{}]) samplerConformance(`${id} ${JSON.stringify(options)}`, samplerOf({ id, options }));

test('sampler ids are unique, and a created sampler has the id of its definition', () => {
  expect(new Set(samplers.map(({ id }) => id)).size).toBe(samplers.length);
  for (const { id } of samplers) expect(samplerOf({ id, options: variants[id]?.[0] ?? {} }).id).toBe(id);
});
