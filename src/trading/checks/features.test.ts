import { describe, expect, test } from 'vitest';
import type { Json } from '../../core/json.ts';
import type { FeatureSet } from '../../features/feature-set.ts';
import { defineFeatureSet, type FeatureSetOptions } from '../../features/own-set.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import { marketFrom } from '../task/market-data.ts';
import { checkFeatures } from './features.ts';

const bars = generateMarket(marketPresetOf('planted'), 4, 4);
const training = { from: 0, to: 2 * 390 };

function check(set: FeatureSet | string, over: AlignedBars = bars) {
  return checkFeatures(marketFrom(over, set), training, { rows: [400, 779, 900, 1200], seed: 'test' });
}

/** One feature a symbol from the fit and the number of the bar. */
function fromFit(
  id: string,
  fit: NonNullable<FeatureSetOptions['fit']>,
  valueAt: (fitted: Json, row: number, close: number) => number,
): FeatureSet {
  return defineFeatureSet({
    id,
    features: ['value'],
    fit,
    start: ({ symbols, memory }, fitted) => {
      const seen = memory.counts(1);
      return {
        push: (bar, out) => {
          for (let k = 0; k < symbols.length; k++) out[k] = valueAt(fitted, seen[0]!, bar.close[k]!);
          seen[0]!++;
        },
      };
    },
  });
}

const closes = (some: AlignedBars): number[] => [...some.bars[0]!.close];

describe('the prefix test of a study’s own features', () => {
  test.each(['dual-ticker@2', 'phoenix-base@1{"regime":{"randomStarts":0}}'])('%s passes it, with what it learns', (set) => {
    expect(check(set)).toEqual({ rows: 2 + 8, changed: 0, first: null });
  });

  test('a set of a user that learns the training part alone passes', () => {
    const meanOf = (some: AlignedBars, { from, to }: { from: number; to: number }) =>
      closes(some)
        .slice(from, to)
        .reduce((sum, x) => sum + x, 0) /
      (to - from);
    expect(check(fromFit('mean@1', meanOf, (mean, _, close) => close / (mean as number)))).toMatchObject({ changed: 0 });
  });

  test('a table of later bars, smuggled in by the fit, is named: feature and row', () => {
    const ahead = fromFit('ahead@1', closes, (table, row, close) => (table as number[])[row + 1] ?? close);
    expect(check(ahead)).toMatchObject({ changed: 2, first: { what: 'feature', name: 'NVDA.value', row: training.to - 1 } });
  });

  test('a mean over all bars is found in the feature that it scales, at the first row', () => {
    const meanOfAll = (some: AlignedBars) => closes(some).reduce((sum, x) => sum + x, 0) / some.time.length;
    expect(check(fromFit('scaled@1', meanOfAll, (mean, _, close) => close / (mean as number)))).toMatchObject({
      changed: 2,
      first: { what: 'feature', name: 'NVDA.value', row: 0 },
    });
  });

  test('a parameter from later bars is found where no feature of the training part shows it', () => {
    const lastClose = (some: AlignedBars) => some.bars[0]!.close.at(-1)!;
    const late = fromFit('late@1', lastClose, (last, row, close) => (row < training.to ? close : (last as number)));
    expect(check(late)).toMatchObject({ changed: 2, first: { what: 'learnt', name: 'late@1', row: training.to - 1 } });
  });

  test('bars that the fit keeps outside of what it returns are found', () => {
    let kept: AlignedBars = bars;
    const keeping = fromFit(
      'keeping@1',
      (some) => {
        kept = some;
        return null;
      },
      (_, row, close) => kept.bars[0]!.close[row + 1] ?? close,
    );
    expect(check(keeping).changed).toBeGreaterThan(0);
  });

  test('a column that only one of both ways of taking data away can show is found', () => {
    // True if there is any later bar: unchanged by noise.
    const isLast = fromFit(
      'last@1',
      (some) => some.time.length,
      (rows, row) => (row + 1 === rows ? 1 : 0),
    );
    expect(check(isLast)).toMatchObject({ changed: 1, first: { what: 'feature', row: training.to - 1 } });
  });
});
