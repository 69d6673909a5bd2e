import { describe, expect, test } from 'vitest';
import { createRng } from '../../../core/rng.ts';
import { evaluate } from '../../../tensor/graph/evaluate.ts';
import { input, state } from '../../../tensor/graph/ops/index.ts';
import { initialise, layoutOf, partsOf } from '../../../tensor/nn/parameters.ts';
import { sacDefaults } from '../sac/options.ts';
import { crossTickerDefaults, crossTickerEncoder } from './cross-ticker.ts';
import { createObservationEncoder } from './observation.ts';

describe('crossTickerEncoder', () => {
  test('has the 516,096 parameters of the design', () => {
    expect(layoutOf(crossTickerEncoder('encoder').parameters).size).toBe(516_096);
  });

  test('has 59,200 parameters more for each further ticker, or 40,960 with an embedding for all', () => {
    const sizeOf = (tickers: number, embedding: 'own' | 'shared') =>
      layoutOf(crossTickerEncoder('encoder', { ...crossTickerDefaults, tickers, embedding }).parameters).size;
    expect([1, 2, 3].map((tickers) => sizeOf(tickers, 'own'))).toEqual([456_896, 516_096, 575_296]);
    expect([1, 2, 3].map((tickers) => sizeOf(tickers, 'shared'))).toEqual([456_896, 497_856, 538_816]);
  });

  test('with a shared embedding, equal tickers have equal parts: exchanging them changes what the last layer makes of them alone', () => {
    const sizes = {
      ...crossTickerDefaults,
      tickers: 3,
      embedding: 'shared',
      features: 3,
      width: 8,
      positionWidth: 2,
      heads: 2,
      inner: 10,
    } as const;
    const encoder = crossTickerEncoder('e', { ...sizes, outputs: 30 });
    const layout = layoutOf(encoder.parameters);
    const weights = initialise(layout, createRng('shared'));
    // The last layer passes on what it gets: its kernel is the identity.
    const offsetOf = (wanted: string) => layout.parameters.find(({ name }) => name === wanted)!.offset;
    for (let i = 0; i < 900; i++) weights[offsetOf('e/out/kernel') + i] = i % 31 === 0 ? 1 : 0;
    weights.fill(0, offsetOf('e/out/bias'), offsetOf('e/out/bias') + 30);
    const y = encoder.apply(partsOf(layout, state('w', [layout.size])), input('x', [1, 12]));
    const run = (x: Float64Array) => evaluate({ outputs: { y } }, { x }, { w: weights }).outputs['y']!;
    const rng = createRng('tickers');
    const x = Float64Array.from({ length: 12 }, () => rng.normal());
    const [straight, turned] = [run(x), run(Float64Array.from(x, (_, i) => x[(i + 4) % 12]!))];
    for (let ticker = 0; ticker < 3; ticker++) {
      const other = (ticker + 1) % 3;
      for (let i = 0; i < 8; i++) expect(turned[ticker * 8 + i]).toBeCloseTo(straight[other * 8 + i]!, 10);
      for (let i = 0; i < 2; i++) expect(turned[24 + ticker * 2 + i]).toBeCloseTo(straight[24 + other * 2 + i]!, 10);
    }
  });

  test('applies a network per ticker: exchanging both tickers and both networks leaves the output unchanged', () => {
    const small = { ...crossTickerDefaults, features: 3, width: 8, positionWidth: 2, heads: 2, inner: 10, outputs: 5 };
    const encoder = crossTickerEncoder('e', small);
    const layout = layoutOf(encoder.parameters);
    const rng = createRng('swap');
    const weights = initialise(layout, rng);
    const swapped = weights.slice();
    const part = (name: string) => {
      const index = layout.parameters.findIndex((parameter) => parameter.name === name);
      return [layout.parameters[index]!.offset, layout.parameters[index + 1]?.offset ?? layout.size] as const;
    };
    const exchange = (a: readonly [number, number], b: readonly [number, number]) => {
      swapped.set(weights.subarray(...b), a[0]);
      swapped.set(weights.subarray(...a), b[0]);
    };
    for (const { name } of encoder.parameters) {
      const other = name.replace('/ticker/0/', '/ticker/1/').replace('/position/0/', '/position/1/');
      if (other !== name) exchange(part(name), part(other));
    }
    // The last layer reads [first 8, second 8, position 2, position 2] in rows of 5.
    const [kernel] = part('e/out/kernel');
    exchange([kernel, kernel + 40], [kernel + 40, kernel + 80]);
    exchange([kernel + 80, kernel + 90], [kernel + 90, kernel + 100]);

    const y = encoder.apply(partsOf(layout, state('w', [layout.size])), input('x', [2, 8]));
    const x = Float64Array.from({ length: 16 }, () => rng.normal());
    const turned = Float64Array.from(x, (_, i) => x[(i & 8) | ((i + 4) & 7)]!);
    const run = (fed: Float64Array, w: Float32Array) => evaluate({ outputs: { y } }, { x: fed }, { w }).outputs['y']!;
    const [straight, exchanged, wrong] = [run(x, weights), run(turned, swapped), run(turned, weights)];
    for (let i = 0; i < 10; i++) expect(exchanged[i]).toBeCloseTo(straight[i]!, 10);
    expect(wrong[0]).not.toBeCloseTo(straight[0]!, 3);
  });
});

test('refuses an observation that is not of as many tickers as there are actions, naming the layer', () => {
  for (const [observationSize, actionSize] of [
    [27, 2],
    [2, 2],
    [26, 3],
  ] as const)
    expect(() => createObservationEncoder('shared', { observationSize, actionSize }, { ...sacDefaults, encoder: 'cross-ticker' })).toThrow(
      expect.objectContaining({ code: 'shape_invalid', place: 'layer shared/cross-ticker' }),
    );
});
