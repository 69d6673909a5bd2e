import { expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { alignStreams } from './align.ts';
import type { BarSeries } from './bars.ts';
import { crypto } from './calendars/around-the-clock.ts';
import { lagCorrelations, refuseLag } from './lag.ts';
import { streamOf } from './stream.ts';

const n = 2000;

/** Two prices whose returns correlate by a half at the same minute; the second one's bars may be stamped later. */
function pair(lateBars: number, correlation = 0.5) {
  const rng = createRng('lag');
  const prices = [100, 50];
  const columns = [new Float64Array(n), new Float64Array(n)];
  for (let row = 0; row < n; row++) {
    const [x, own] = [rng.normal(), rng.normal()];
    const shocks = [x, correlation * x + Math.sqrt(1 - correlation ** 2) * own];
    for (let k = 0; k < 2; k++) columns[k]![row] = prices[k]! *= Math.exp(0.001 * shocks[k]!);
  }
  const series = (symbol: string, close: Float64Array, late: number): BarSeries => ({
    symbol,
    time: close.map((_, row) => Date.parse('2024-01-02T00:00Z') + (row + late) * 60_000),
    open: close,
    high: close,
    low: close,
    close,
    volume: close,
  });
  return alignStreams([streamOf(series('A', columns[0]!, 0)), streamOf(series('B', columns[1]!, lateBars))], crypto);
}

test('returns that correlate at once are taken', () => {
  const [correlations] = lagCorrelations(pair(0), crypto, 60_000);
  expect(correlations).toMatchObject({ first: 'A', second: 'B', atOnce: expect.closeTo(0.5, 1), firstLeads: expect.closeTo(0, 1) });
  expect(() => refuseLag([correlations!])).not.toThrow();
});

test('a symbol that is a bar late is refused with the correlations, whichever of the two it is', () => {
  expect(() => refuseLag(lagCorrelations(pair(1), crypto, 60_000))).toThrow(
    /A and B .* -?0\.0\d, -?0\.0\d, 0\.(4|5)\d at lags -1, 0 and \+1 .*; B is a bar late/,
  );
  expect(() => refuseLag(lagCorrelations(pair(-1), crypto, 60_000))).toThrow(/0\.(4|5)\d, -?0\.0\d, -?0\.0\d at lags .*; A is a bar late/);
});

test('symbols without a correlation are taken', () => {
  expect(() => refuseLag(lagCorrelations(pair(1, 0), crypto, 60_000))).not.toThrow();
});
