import { expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { median, nop, prunerOf, pruners, successiveHalving } from '../../src/search/pruners/index.ts';
import { type PrunerTraits, prunerConformance } from '../../src/testing/pruner.ts';

interface Variant extends PrunerTraits {
  readonly options: Json;
}

/** What is worth trying besides the defaults, and what a pruner says of itself. One that is not here is tried with its defaults. */
const variants: Readonly<Record<string, readonly Variant[]>> = {
  nop: [{ options: {}, keepsAll: true, peers: [] }],
  forecast: [{ options: {}, peers: ['complete'] }],
  median: [
    { options: {}, peers: ['complete', 'pruned'] },
    { options: { countPruned: false, interpolate: false, warmupSteps: 3, intervalSteps: 4 }, peers: ['complete'] },
  ],
  percentile: [{ options: { percentile: 30, minPeers: 3 }, peers: ['complete', 'pruned'] }],
  'successive-halving': [
    { options: {}, ordered: true },
    { options: { minResource: 2, reductionFactor: 2, promote: true }, ordered: true },
  ],
  hyperband: [
    { options: {}, ordered: true },
    { options: { minResource: 2, maxResource: 40, reductionFactor: 2, promote: true, lesson: 'all' }, ordered: true },
  ],
  pbt: [{ options: { population: 6, interval: 8 } }],
  threshold: [{ options: { lower: -20, upper: 20 }, peers: [] }],
  patient: [
    { options: { patience: 3 }, peers: [] },
    { options: { patience: 3, wrapped: { ...median() } }, peers: ['complete', 'pruned'] },
    { options: { patience: 3, wrapped: { ...successiveHalving() } }, ordered: true },
    { options: { patience: 3, wrapped: { ...nop() } }, keepsAll: true, peers: [] },
  ],
  wilcoxon: [{ options: {}, peers: ['complete'] }],
};

for (const { id } of pruners)
  for (const { options, ...traits } of variants[id] ?? [{ options: {} }])
    prunerConformance(`${id} ${JSON.stringify(options)}`, () => prunerOf({ id, options }), traits);

test('each pruner has an id of its own, which what it makes bears', () => {
  expect(new Set(pruners.map(({ id }) => id)).size).toBe(pruners.length);
  for (const { id } of pruners) expect(prunerOf({ id, options: variants[id]?.[0]?.options ?? {} }).id).toBe(id);
});
