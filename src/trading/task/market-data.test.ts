import { describe, expect, test } from 'vitest';
import { withNoiseAfter } from '../../../tests/fixtures/causality.ts';
import { tableOf } from '../../../tests/fixtures/tables.ts';
import { contextOf, options, type Params } from '../../../tests/fixtures/trading-task.ts';
import { createRng } from '../../core/rng.ts';
import { arrivingBars } from '../../features/check.ts';
import { applyNormaliser, fitNormaliser, type Normaliser } from '../../features/normalise.ts';
import { defineFeatureSet } from '../../features/own-set.ts';
import { startFeatures } from '../../features/stream.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import { onnxExecutor } from '../../tensor/executors/onnx/executor.ts';
import { input } from '../../tensor/graph/ops/index.ts';
import { normaliseFeatures } from '../agents/normalise-features.ts';
import { loadPolicy } from '../agents/policy.ts';
import { marketFrom, normalisedMarket, observationNormalisation, rawMarket } from './market-data.ts';
import { tradingTask } from './task.ts';

test('a saved policy normalises raw features as training does, and leaves positions unchanged', async () => {
  const rng = createRng('raw');
  const [rows, width] = [50, 4];
  // Columns: far from 0 and close together; constant; wide enough to be clipped. Two assets with two features each.
  const draw = [() => 250 + 0.001 * rng.normal(), () => 7, () => 1e-4 * rng.normal(), () => rng.normal() ** 5];
  const values = Float32Array.from({ length: rows * width }, (_, i) => draw[i % width]!());
  const matrix = { set: 'test@1', names: ['a.x', 'a.y', 'b.x', 'b.y'], rows, width, warmUpBars: 0, values, fitted: null };
  const normaliser = fitNormaliser(matrix, { from: 0, to: rows }, 2);
  const expected = applyNormaliser(normaliser, matrix).values;
  const raw = input('raw', [rows, 6]);
  const program = await onnxExecutor.compile({
    see: { outputs: { seen: normaliseFeatures(raw, observationNormalisation(normaliser, 2)) } },
  });
  const at = (row: number, column: number) => row * width + column;
  const withPositions = (of: Float32Array, row: number) => [of[at(row, 0)]!, of[at(row, 1)]!, -0.5, of[at(row, 2)]!, of[at(row, 3)]!, 1.25];
  const observations = Array.from({ length: rows }, (_, row) => withPositions(values, row)).flat();
  const { seen } = await program.run('see', { raw: Float32Array.from(observations) });
  const wanted = Array.from({ length: rows }, (_, row) => withPositions(expected, row)).flat();
  for (const [i, value] of wanted.entries()) expect(Math.abs(seen![i]! - value), `${i}: ${seen![i]} for ${value}`).toBeLessThan(1e-6);
  expect(expected.some((value) => value === 2)).toBe(true);
  await program.dispose();
});

describe('a market whose features learn', () => {
  const bars = generateMarket(marketPresetOf('planted'), 4, 4);
  const choice = { id: 'phoenix-base@1', options: { regime: { randomStarts: 0 } } };
  const train = { from: 0, to: 2 };

  test('learns regimes from the training sessions of a fold alone, and keeps them with the normaliser', () => {
    const { normaliser } = normalisedMarket(marketFrom(bars, choice), train);
    const later = withNoiseAfter(bars, 2 * 390 - 1, createRng('later'));
    expect(normalisedMarket(marketFrom(later, choice), train).normaliser).toEqual(normaliser);
    expect(normaliser.fitted).toMatchObject([{ inputs: 'hmm-inputs@1', rows: 780 }, { rows: 780 }]);
    const other = normalisedMarket(marketFrom(bars, choice), { from: 0, to: 3 });
    expect(other.normaliser.fitted).not.toEqual(normaliser.fitted);
    expect(() => applyNormaliser(other.normaliser, marketFrom(bars, choice).features({ from: 0, to: 780 }))).toThrow(/other training rows/);
  });

  test('can be computed live from the normaliser of a saved policy, to the bit', () => {
    const { normaliser, unnormalised } = normalisedMarket(marketFrom(bars, choice), train);
    const saved = JSON.parse(JSON.stringify(normaliser)) as Normaliser;
    const { symbols, barMs, calendar } = bars;
    const { set } = marketFrom(bars, saved.set);
    const feed = startFeatures(set, { symbols, barMs, calendar }, { fitted: saved.fitted! });
    const width = 2 * unnormalised.featuresPerAsset;
    for (let row = 0; row < bars.time.length; row++) {
      const values = Float32Array.from(feed.push(bars.time[row]!, arrivingBars(bars, row)));
      if (row >= unnormalised.firstRow)
        expect(values, `row ${row}`).toEqual(unnormalised.features.subarray(row * width, (row + 1) * width));
    }
  });

  test('is computed once for a data set, a feature set and a training part', () => {
    const table = tableOf(bars);
    const rows = { from: 0, to: 780 };
    expect(rawMarket(table, choice)).toBe(rawMarket(table, 'phoenix-base@1{"regime":{"randomStarts":0}}'));
    expect(rawMarket(table, choice).features(rows)).toBe(rawMarket(table, choice).features({ ...rows }));
    expect(rawMarket(table, choice).features({ from: 0, to: 1170 })).not.toBe(rawMarket(table, choice).features(rows));
    expect(rawMarket(table, 'bar-flow@1').features(rows)).toBe(rawMarket(table, 'bar-flow@1').features({ from: 0, to: 1170 }));
    // Two sets of one id may do different things.
    const own = () => defineFeatureSet({ id: 'own@1', features: ['one'], start: () => ({ push: (_, out) => void out.fill(1) }) });
    const [first, second] = [own(), own()];
    expect(rawMarket(table, first)).toBe(rawMarket(table, first));
    expect(rawMarket(table, first)).not.toBe(rawMarket(table, second));
  });
});

test('a fold is trained and evaluated on features that learn, and its policy keeps what they learnt', async () => {
  const task = tradingTask<Params>({ ...options, features: ['phoenix-base@1{"regime":{"randomStarts":0}}', 'context-15m@1'] });
  const [fold] = await task.walkForward.plan(contextOf());
  const { policy, metrics } = await task.walkForward.evaluate(contextOf(), fold!);
  expect(metrics['sessions']).toBe(2);
  const { metadata, observationSize, dispose } = await loadPolicy(policy);
  expect(observationSize).toBe(2 * (6 + 5 + 1));
  const { set, fitted } = JSON.parse(metadata['normaliser']!) as Normaliser;
  expect(set).toBe(metadata['features']);
  expect(fitted).toMatchObject([[{ inputs: 'hmm-inputs@1' }, { inputs: 'hmm-inputs@1' }], null]);
  expect([metadata['calendar'], metadata['barMs']]).toEqual(['us-hours', '60000']);
  await dispose();
});
