import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import type { AlignedBars } from '../market/bars.ts';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresetOf } from '../market/synthetic/presets.ts';
import { withDrawnBarsAfter } from '../trading/checks/changed-bars.ts';
import { featureSetOf } from './choice.ts';
import { baumWelch } from './hmm/baum-welch.ts';
import { parametersOf } from './hmm/model.ts';
import { computeFeatures, fitFeatures } from './matrix.ts';
import { fitNormaliser } from './normalise.ts';
import { defineFeatureSet } from './own-set.ts';
import { splice } from './training-rows.ts';

const bars = generateMarket(marketPresetOf('planted'), 4, 5);
/** Sessions 0 and 1, and session 3. */
const parts = [
  { from: 0, to: 780 },
  { from: 1170, to: 1560 },
];

/** The bars with noise in every row outside of the parts. */
function noisyOutside(): AlignedBars {
  const rng = createRng('outside');
  const behind = withDrawnBarsAfter(bars, 1559, rng);
  const gap = withDrawnBarsAfter(bars, 779, rng);
  const own = (row: number) => (row >= 780 && row < 1170 ? gap : behind);
  return {
    ...bars,
    bars: bars.bars.map((one, k) => ({
      ...one,
      ...Object.fromEntries(
        (['open', 'high', 'low', 'close', 'volume'] as const).map((field) => [
          field,
          one[field].map((_, row) => own(row).bars[k]![field][row]!),
        ]),
      ),
    })),
  };
}

describe('a training part in several places', () => {
  test('is all that a set can see of the bars, one part after the other', () => {
    const seen: unknown[] = [];
    const looking = defineFeatureSet({
      id: 'looking@1',
      features: ['x'],
      fit: (some, training, where) => {
        seen.push(
          some.time.length,
          [...some.session.slice(779, 781)],
          training,
          where,
          some.bars[0]!.close[780] === bars.bars[0]!.close[1170],
        );
        return null;
      },
      start: () => ({ push: () => undefined }),
    });
    fitFeatures(looking, bars, parts);
    expect(seen).toEqual([
      1170,
      [1, 3],
      { from: 0, to: 1170 },
      [
        { from: 0, to: 780 },
        { from: 780, to: 1170 },
      ],
      true,
    ]);
    fitFeatures(looking, bars, parts[0]!);
    expect(seen.slice(5)).toEqual([1950, [1, 2], parts[0], [parts[0]], false]);
  });

  test.each(['phoenix-base@1{"regime":{"randomStarts":0}}', 'dual-ticker@2'])(
    '%s learns the same whatever lies between and behind the parts',
    (id) => {
      const set = featureSetOf(id);
      expect(fitFeatures(set, noisyOutside(), parts)).toEqual(fitFeatures(set, bars, parts));
      if (set.fit !== undefined) expect(fitFeatures(set, bars, parts)).not.toEqual(fitFeatures(set, bars, { from: 0, to: 1560 }));
    },
  );

  test('has the mean and deviation of its rows alone', () => {
    const matrix = computeFeatures(featureSetOf('dual-ticker@2'), bars, null);
    const normaliser = fitNormaliser(matrix, parts);
    const rows = parts.flatMap(({ from, to }) =>
      Array.from({ length: to - Math.max(from, matrix.warmUpBars) }, (_, i) => Math.max(from, matrix.warmUpBars) + i),
    );
    for (const column of [0, 5, 23]) {
      const values = rows.map((row) => matrix.values[row * matrix.width + column]!);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      expect(normaliser.mean[column]).toBeCloseTo(mean, 10);
      expect(normaliser.sd[column]).toBeCloseTo(Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length), 10);
    }
    expect(normaliser).toMatchObject({
      fittedOn: { from: matrix.warmUpBars, to: 1560 },
      fittedOnParts: [{ from: matrix.warmUpBars, to: 780 }, parts[1]],
    });
    expect(fitNormaliser(matrix, [parts[0]!])).toEqual(fitNormaliser(matrix, parts[0]!));
  });

  test('is refused where its parts overlap, fall or are empty', () => {
    const set = featureSetOf('phoenix-base@1');
    const matrix = computeFeatures(featureSetOf('dual-ticker@2'), bars, null);
    for (const wrong of [[], [parts[1]!, parts[0]!], [parts[0]!, { from: 700, to: 800 }], [parts[0]!, { from: 1900, to: 1951 }]]) {
      expect(() => fitFeatures(set, bars, wrong)).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(() => fitNormaliser(matrix, wrong)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });
});

test('no state moves from one sequence to the next: the same rows twice teach what they teach once', () => {
  const rng = createRng('sequences');
  const once = Float64Array.from({ length: 2 * 300 }, (_, i) => (i < 300 ? 0.3 : 3) * rng.normal());
  const start = { ...parametersOf('diag', 2, 2) };
  start.start.fill(0.5);
  start.transition.set([0.9, 0.1, 0.1, 0.9]);
  start.covariances.set([0.5, 0.5, 5, 5]);
  const options = { iterations: 20, tolerance: 0, floor: 1e-6, leastWeight: 1 };
  const twice = Float64Array.from([...once, ...once]);
  const fits = [
    baumWelch(start, once, options),
    baumWelch(start, twice, options, [
      { from: 0, to: 300 },
      { from: 300, to: 600 },
    ]),
    baumWelch(start, twice, options),
  ];
  const transition = fits.map((fit) => ('failed' in fit ? [] : [...fit.parameters.transition]));
  for (const [i, p] of transition[1]!.entries()) expect(p).toBeCloseTo(transition[0]![i]!, 9);
  // As one sequence, a move is counted where the rows begin again.
  expect(Math.abs(transition[2]![2]! - transition[0]![2]!)).toBeGreaterThan(1e-4);
});

test('spliced bars keep every column of their rows', () => {
  const withColumns = { ...bars, columns: bars.symbols.map(() => ({ ofi: bars.time.map((_, row) => row) })) };
  const { bars: alone, parts: where } = splice(withColumns, parts);
  expect(where).toEqual([
    { from: 0, to: 780 },
    { from: 780, to: 1170 },
  ]);
  expect([...alone.columns[0]!['ofi']!.slice(778, 782)]).toEqual([778, 779, 1170, 1171]);
  expect(alone.time[780]).toBe(bars.time[1170]);
});
