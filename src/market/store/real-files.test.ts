import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasSharedData, sharedDataFile, sharedDataNote } from '../../../tests/fixtures/shared-data.ts';
import type { AlignedBars } from '../bars.ts';
import { importCsv } from './import-csv.ts';
import { barsFromTable, loadDataset } from './read.ts';

const equities = (file: string): string => sharedDataFile(`equities_1m/${file}.csv.gz`);

/** Relative close-to-close changes between neighbouring bars of one session. */
function minuteReturns(bars: AlignedBars, symbol: string): number[] {
  const { close } = bars.bars[bars.symbols.indexOf(symbol)]!;
  const returns: number[] = [];
  for (let row = 1; row < close.length; row++)
    if (bars.session[row] === bars.session[row - 1]) returns.push(close[row]! / close[row - 1]! - 1);
  return returns;
}

const mean = (x: readonly number[]): number => x.reduce((sum, value) => sum + value, 0) / x.length;
const covariance = (x: readonly number[], y: readonly number[]): number => {
  const [meanX, meanY] = [mean(x), mean(y)];
  return mean(x.map((value, i) => (value - meanX) * (y[i]! - meanY)));
};

describe.skipIf(!hasSharedData)(`real bars${sharedDataNote}`, () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'assay-real-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  test('of NVDA and MSFT in 2018 are 44 sessions of 391 bars without a flaw', async () => {
    const sources = ['NVDA', 'MSFT'].map((symbol) => ({ file: equities(`${symbol}_1m_2018-02-16_2018-04-20`) }));
    const { manifest } = await importCsv({ dataDir, name: 'nvda-msft', sources, rules: { auction: 'bar' } });
    expect(manifest).toMatchObject({ rows: 17_204, sessions: 44, first: '2018-02-16T14:30:00.000Z', last: '2018-04-20T20:00:00.000Z' });
    for (const report of manifest.quality)
      expect(report).toMatchObject({
        rows: 17_204,
        barsPerSession: { min: 391, max: 391, expected: 390 },
        gaps: { count: 0 },
        duplicates: 0,
        badOhlc: 0,
        zeroVolume: 0,
      });
    // The published digest of the unpacked source.
    expect(manifest.origin).toMatchObject({
      sources: [{ files: [{ sha256: 'cd53aaa902737c243ae646134da68fd55dadbe997468260e2d54db95645a4b24' }] }, {}],
    });

    const bars = barsFromTable(loadDataset(dataDir, 'nvda-msft'));
    const [nvda, msft] = [minuteReturns(bars, 'NVDA'), minuteReturns(bars, 'MSFT')];
    const correlation = covariance(nvda, msft) / Math.sqrt(covariance(nvda, nvda) * covariance(msft, msft));
    expect(correlation).toBeCloseTo(0.628, 3);
    expect(Math.sqrt(covariance(nvda, nvda) * 252 * 390)).toBeCloseTo(0.386, 3);
  });

  test('of 2019 run backwards, are stamped at their ends and lack two minutes in some symbols', async () => {
    const sources = ['AAPL', 'QQQ', 'SPY'].map((symbol) => ({ file: equities(`${symbol}_1m_2019-02-11_2019-02-15`) }));
    const base = { dataDir, name: 'y2019', sources };
    await expect(importCsv(base)).rejects.toThrow(/look like the ends of the bars: 100 % of 5 sessions begin one bar after the open/);
    const ends = { ...base, format: { stamp: 'end' } } as const;
    await expect(importCsv(ends)).rejects.toThrow(/2 bars of 1m are missing inside sessions/);
    const { manifest } = await importCsv({ ...ends, rules: { gaps: 'allow' } });
    expect(manifest).toMatchObject({ rows: 1948, sessions: 5, first: '2019-02-11T14:30:00.000Z', last: '2019-02-15T20:59:00.000Z' });
    expect(manifest.quality.map((report) => [report.symbol, report.rows, report.gaps.missingBars])).toEqual([
      ['AAPL', 1948, 2],
      ['QQQ', 1948, 2],
      ['SPY', 1950, 0],
    ]);
    expect(manifest).toMatchObject({ leftOut: [{ alone: 0 }, { alone: 0 }, { alone: 2 }] });
  });

  test('of euro futures in January 2024 lie in the sessions of globex-fx, Martin Luther King’s day whole among them', async () => {
    const { manifest } = await importCsv({
      dataDir,
      name: 'euro',
      sources: [{ file: sharedDataFile('futures_1m/6EH4_1m_2024-01.csv.gz'), symbol: '6EH4' }],
      calendar: 'globex-fx',
      format: { stamp: 'end' },
      rules: { gaps: 'allow' },
    });
    expect(manifest).toMatchObject({ rows: 29_996, sessions: 23, first: '2024-01-01T23:00:00.000Z', leftOut: [{ outside: 0 }] });
    const { time, calendar } = barsFromTable(loadDataset(dataDir, 'euro'));
    const { openMs, closeMs } = calendar.sessionOf('2024-01-15')!;
    const last = time.findLast((ms) => ms >= openMs && ms < closeMs)!;
    expect(new Date(last).toISOString()).toBe('2024-01-15T21:59:00.000Z');
  });
});
