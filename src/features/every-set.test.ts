import { describe, expect, test } from 'vitest';
import { findLookAhead, prefixOf, type RowsFromBars } from '../../tests/fixtures/causality.ts';
import { everySet, marketOfEverySet, trainingRows } from '../../tests/fixtures/every-feature-set.ts';
import { createRng } from '../core/rng.ts';
import type { AlignedBars } from '../market/bars.ts';
import { arrivingBars } from './check.ts';
import { computeFeatures, fitFeatures } from './matrix.ts';
import { type FeatureState, startFeatures } from './stream.ts';

describe.each(everySet.map((one) => [one.set.id, one] as const))('%s', (_, { set, symbols }) => {
  const bars = marketOfEverySet(symbols);
  const fitted = fitFeatures(set, bars, trainingRows);
  // Without warm-up, so that every row is compared.
  const cold = { ...set, warmUpBars: () => 0 };
  const matrix = computeFeatures(cold, bars, fitted);
  const rowOf = (row: number) => matrix.values.subarray(row * matrix.width, (row + 1) * matrix.width);

  test('looks at no later bar, at any minute: neither if they are cut off nor if noise takes their place', () => {
    const compute = (some: AlignedBars): RowsFromBars => computeFeatures(cold, some, fitted);
    const rows = Array.from({ length: bars.time.length - 1 }, (__, row) => row);
    expect(findLookAhead(compute, bars, rows, createRng(set.id))).toBeNull();
  });

  test('learns the same whatever comes after the training rows', () => {
    expect(fitFeatures(set, prefixOf(bars, trainingRows.to), trainingRows)).toEqual(fitted);
  });

  test('gives the same bits bar by bar, and after a restart from the saved state at every minute', () => {
    const { barMs, calendar } = bars;
    const market = { symbols: bars.symbols, barMs, calendar };
    const straight = startFeatures(set, market, { fitted });
    let state: FeatureState | undefined;
    for (let row = 0; row < bars.time.length; row++) {
      const now = arrivingBars(bars, row);
      expect(Float32Array.from(straight.push(bars.time[row]!, now)), `row ${row}`).toEqual(rowOf(row));
      const restarted = startFeatures(set, market, { fitted, ...(state === undefined ? {} : { state }) });
      expect(Float32Array.from(restarted.push(bars.time[row]!, now)), `row ${row} after a restart`).toEqual(rowOf(row));
      state = JSON.parse(JSON.stringify(restarted.save())) as FeatureState;
    }
  });

  test('has a name for each of its columns', () => {
    expect(new Set(matrix.names).size).toBe(matrix.width);
    expect(matrix.names).toHaveLength(symbols * set.features(symbols).length);
  });
});
