import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { hasSharedData, sharedDataNote } from '../fixtures/shared-data.ts';
import { type BarFeaturesGolden, checkBarFeatures } from './bar-features.ts';
import { checkHmm, type HmmGolden } from './hmm.ts';
import { checkOrderFlowFeatures, type OrderFlowFeaturesGolden } from './order-flow-features.ts';
import { readGolden } from './read.ts';

const read = <T>(name: string): T => readGolden<T>(fileURLToPath(new URL(`../fixtures/golden/market/${name}.json`, import.meta.url)));

describe('hidden Markov models have the reference parameters, filters, smoothed rows and Viterbi paths', () => {
  const { cases } = read<{ cases: readonly (HmmGolden & { readonly name: string })[] }>('hmm');
  for (const one of cases) {
    const needsData = one.file !== undefined;
    test.skipIf(needsData && !hasSharedData)(`${one.name}${needsData ? sharedDataNote : ''}`, () => {
      expect(checkHmm(one)).toEqual([]);
    });
  }

  test('a changed expectation is detected', () => {
    const [one] = cases;
    expect(checkHmm({ ...one!, logLikelihood: one!.logLikelihood * (1 + 1e-6) })).toHaveLength(1);
    expect(checkHmm({ ...one!, bic: one!.bic + 1e-3 })).toHaveLength(1);
  });
});

test('order-flow features and readings of persistence are those of the reference', () => {
  const golden = read<OrderFlowFeaturesGolden>('order-flow');
  expect(checkOrderFlowFeatures(golden)).toEqual([]);
  const [first, ...others] = golden.raw;
  expect(checkOrderFlowFeatures({ ...golden, raw: [{ ...first!, persistenceEwma: 0.999 }, ...others] })).toHaveLength(1);
});

describe.skipIf(!hasSharedData)(`features of real bars are those of the reference${sharedDataNote}`, () => {
  const { sets } = read<{ sets: readonly BarFeaturesGolden[] }>('bar-features');
  test.each(sets.map((set) => [set.file, set] as const))('%s', (_, set) => {
    expect(checkBarFeatures(set)).toEqual([]);
  });
});
