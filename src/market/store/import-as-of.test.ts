import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import type { Alignment } from '../align-as-of.ts';
import type { BarSeries } from '../bars.ts';
import { usEquities } from '../calendars/us-equities.ts';
import { filterBlock, streamOf } from '../stream.ts';
import { type BarSource, type ImportRules, importBars, strictRules } from './import-bars.ts';
import { barsFromTable, loadDataset } from './read.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'assay-as-of-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const days = ['2024-01-02', '2024-01-03', '2024-01-04'];

/** Random bars of the first hour of some sessions. */
function series(symbol: string): BarSeries {
  const rng = createRng(symbol);
  const time = Float64Array.from(
    days.flatMap((date) => Array.from({ length: 60 }, (_, k) => usEquities.sessionOf(date)!.openMs + k * 60_000)),
  );
  let price = 100;
  const close = time.map(() => (price *= Math.exp(0.001 * rng.normal())));
  return { symbol, time, open: close, high: close, low: close, close, volume: time.map(() => 100) };
}

const source = (bars: BarSeries): BarSource => ({ stream: streamOf(bars), file: `${bars.symbol}.csv` });
const importing = (
  sources: readonly BarSource[],
  { rules = {}, name = 'x', align }: { rules?: Partial<ImportRules>; name?: string; align: Alignment },
) =>
  importBars({
    ...{ dataDir, name, sources, align },
    calendar: 'us-equities',
    rules: { ...strictRules, ...rules },
    origin: { kind: 'import', reader: 'test', sources: [], options: {} },
  });

describe('symbols that are aligned as of a time', () => {
  const whole = series('A');
  /** B without every third minute; its missing closes would look like a lag of its returns. */
  const sparse = (): BarSeries => {
    const { symbol, ...columns } = series('B');
    const kept = filterBlock({ ...columns, extra: {} }, (row) => row % 3 !== 2);
    return { symbol, ...kept };
  };

  test('keep all rows, with the age of each value and the count of repeated ones', () => {
    const { manifest } = importing([source(whole), source(sparse())], {
      rules: { gaps: 'allow' },
      align: { kind: 'asof', limitBars: 1 },
    });
    expect(manifest).toMatchObject({
      rows: 180,
      leftOut: [{ alone: 0 }, { alone: 0, filled: 60 }],
    });
    const bars = barsFromTable(loadDataset(dataDir, 'x'));
    expect([...bars.columns[1]!['barAge']!.subarray(0, 6)]).toEqual([0, 0, 1, 0, 0, 1]);
    expect(bars.bars[1]!.volume[2]).toBe(0);
    expect(bars.bars[1]!.open[2]).toBe(bars.bars[1]!.close[1]);
    expect(bars.columns[0]!['barAge']!.every((age) => age === 0)).toBe(true);
  });

  test('are refused as others are: what is compared is what both have', () => {
    const sources = [source(whole), source({ ...sparse(), symbol: 'B' })];
    const align = { kind: 'asof', limitBars: 1 } as const;
    expect(() => importing(sources, { align })).toThrow(/missing inside sessions/);
    const without = filterBlock({ ...series('B'), extra: {} }, (row) => row < 60 || row >= 120);
    expect(() => importing([source(whole), source({ ...without, symbol: 'B' })], { align, name: 'y' })).toThrow(
      /sessions are missing in one symbol/,
    );
  });
});
