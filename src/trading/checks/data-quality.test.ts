import { expect, test } from 'vitest';
import { bars } from '../../../tests/fixtures/trading-task.ts';
import type { Json } from '../../core/json.ts';
import { qualityOf } from '../../market/quality.ts';
import { streamOf } from '../../market/stream.ts';
import { dataQualityOf } from './data-quality.ts';

/** The report of one symbol's bars, changed by `change`. */
function reportOf(keep: (row: number) => boolean, change: (row: number) => number = () => 1) {
  const rows = [...bars.time.keys()].filter(keep);
  const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]! * change(row));
  const { open, high, low, close, volume } = bars.bars[0]!;
  const series = {
    symbol: 'NVDA',
    time: Float64Array.from(rows, (row) => bars.time[row]!),
    open: pick(open),
    high: pick(high),
    low: pick(low),
    close: pick(close),
    volume: pick(volume),
  };
  return qualityOf(streamOf(series), bars.calendar, bars.barMs);
}

const qualityFrom = (...quality: readonly unknown[]) => dataQualityOf({ name: 'own', rows: 1, meta: { quality } as unknown as Json });

test('a whole series has no faults and lacks nothing', () => {
  expect(qualityFrom(reportOf(() => true))).toEqual({ bars: bars.time.length, missingBars: 0, faults: [] });
});

test('missing bars are those of gaps and of absent sessions, over all symbols', () => {
  const gappy = reportOf((row) => row < 100 || row >= 104);
  const absent = reportOf((row) => bars.session[row] !== 3);
  expect(qualityFrom(gappy, absent)).toMatchObject({ missingBars: 4 + 390, faults: [] });
});

test('bars that cannot be right are named with their series', () => {
  const torn = reportOf(
    () => true,
    (row) => (row === 50 ? -1 : 1),
  );
  expect(qualityFrom(torn).faults).toEqual(
    expect.arrayContaining([
      { kind: 'badOhlc', count: 1, place: 'own NVDA' },
      { kind: 'badVolume', count: 1, place: 'own NVDA' },
    ]),
  );
});

test('the quality of a table without reports, or with reports that did not count, is unknown', () => {
  expect(dataQualityOf({ name: 'own', rows: 7, meta: {} })).toEqual({ bars: 7, missingBars: Number.NaN, faults: [] });
  const { absentSessions: _, ...old } = reportOf(() => true);
  expect(qualityFrom(old).missingBars).toBeNaN();
});
