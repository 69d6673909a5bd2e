import { barReader } from '../../src/features/bar-reader.ts';
import { featureSetOf } from '../../src/features/choice.ts';
import { createMemory } from '../../src/features/memory.ts';
import { phoenixBase } from '../../src/features/phoenix/base.ts';
import { WilderRange } from '../../src/features/wilder.ts';
import { Zscore } from '../../src/features/zscore.ts';
import type { AlignedBars } from '../../src/market/bars.ts';
import { columnsOf } from '../fixtures/feature-columns.ts';
import { sharedBars } from '../fixtures/shared-bars.ts';
import { agrees } from './read.ts';

const names = ['volume_zscore', 'high_low_pct', 'session_vwap_dist', 'time_sin', 'time_cos', 'atr', 'atr_relative', 'atr_zscore'] as const;
type Named = Readonly<Record<(typeof names)[number], number>>;

/** A set of a golden file of features from bars: sampled rows, and sums of absolute values over rows from 59 on. */
export interface BarFeaturesGolden {
  readonly file: string;
  readonly sessions: string;
  readonly rowsTotal: number;
  readonly sessionCount: number;
  readonly samples: readonly (Named & { readonly row: number; readonly time: string; readonly context15: readonly number[] | null })[];
  readonly sums: Named;
  readonly contextAbsSums: readonly number[];
}

const [window, summedFrom] = [60, 59];

/** Returns the disagreements as text, empty if there are none. */
export function checkBarFeatures(golden: BarFeaturesGolden): readonly string[] {
  const bars = sharedBars(golden.file, golden.sessions);
  const rows = bars.time.length;
  const zscore = { window, minimum: 1 };
  const all = { from: 0, to: rows };
  const base = columnsOf(phoenixBase({ zscore, regime: { randomStarts: 0 } }), bars, all);
  const context = columnsOf(featureSetOf('context-15m@1'), bars);
  const columns = {
    volume_zscore: base[0]!,
    high_low_pct: base[1]!,
    session_vwap_dist: base[2]!,
    time_sin: base[4]!,
    time_cos: base[5]!,
    ...rangesOf(bars),
  };
  const faults: string[] = [];
  const compare = (what: string, actual: number, wanted: number): void => {
    if (!agrees(actual, wanted)) faults.push(`${what}: ${actual}, not ${wanted}`);
  };
  compare('rows', rows, golden.rowsTotal);
  compare('sessions', bars.session[rows - 1]! + 1, golden.sessionCount);
  for (const { row, time, context15, ...sample } of golden.samples) {
    const started = new Date(bars.time[row]!).toISOString();
    if (!started.startsWith(time.slice(0, -1))) faults.push(`row ${row}: ${started}, not ${time}`);
    for (const name of names) compare(`${name} of row ${row}`, columns[name][row]!, sample[name]);
    for (const [j, column] of context.entries()) compare(`context ${j} of row ${row}`, column[row]!, context15?.[j] ?? 0);
  }
  const sum = (column: Float64Array, from: number): number => column.subarray(from).reduce((total, x) => total + Math.abs(x), 0);
  for (const name of names) compare(`sum of ${name}`, sum(columns[name], summedFrom), golden.sums[name]);
  for (const [j, column] of context.entries()) compare(`sum of context ${j}`, sum(column, summedFrom), golden.contextAbsSums[j]!);
  return faults;
}

function rangesOf(bars: AlignedBars): Pick<Record<(typeof names)[number], Float64Array>, 'atr' | 'atr_relative' | 'atr_zscore'> {
  const rows = bars.time.length;
  const [atr, relative, score] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const memory = createMemory();
  const range = new WilderRange(memory, 14);
  const zscore = new Zscore(memory, { window, minimum: 1, include: true, sessionReset: false });
  const reader = barReader(bars, [], 'golden');
  for (let row = 0; row < rows; row++) {
    reader.read(row);
    const { high, low, close, begins } = reader.bar;
    atr[row] = range.next(high[0]!, low[0]!, close[0]!, begins[0] === 1);
    relative[row] = atr[row]! / close[0]!;
    score[row] = zscore.next(relative[row]!, false);
  }
  return { atr, atr_relative: relative, atr_zscore: score };
}
