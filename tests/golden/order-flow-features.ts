import { createMemory } from '../../src/features/memory.ts';
import { phoenixOfi } from '../../src/features/phoenix/ofi.ts';
import { type PersistenceReading, persistenceOf } from '../../src/features/phoenix/persistence.ts';
import { alignedBars } from '../../src/market/bars.ts';
import { globexEquity } from '../../src/market/calendars/globex-equity.ts';
import { minuteMs } from '../../src/market/local-time.ts';
import { columnsOf } from '../fixtures/feature-columns.ts';
import { agrees } from './read.ts';

const scores = [
  'ofi_1min_zscore',
  'ofi_3min_cumulative_zscore',
  'ofi_persistence_zscore',
  'microprice_dev_zscore',
  'microprice_5min_avg_zscore',
  'liquidity_consumption_zscore',
  'spread_zscore',
  'atr_zscore',
] as const;
const readings = { persistenceEwma: 'ewma@1', persistenceAcf1: 'acf1@1', persistenceRun: 'run@1' } as const satisfies Record<
  string,
  PersistenceReading
>;

/** The half of a golden file of order flow that is made from its minutes: readings of persistence and z-scores over 20 minutes. */
export interface OrderFlowFeaturesGolden {
  readonly open: string;
  readonly minutes: readonly {
    readonly ofi: number;
    readonly spreadTicks: number;
    readonly micropriceDevTicks: number;
    readonly micropriceDevMeanTicks: number;
    readonly liquidityConsumption: number;
    readonly bought: number;
    readonly sold: number;
    readonly unsided: number;
    readonly tradeBar: readonly [number, number, number, number];
  }[];
  readonly raw: readonly Readonly<Record<keyof typeof readings, number>>[];
  readonly features: readonly Readonly<Record<(typeof scores)[number], number>>[];
}

/** Returns the disagreements as text, empty if there are none. */
export function checkOrderFlowFeatures({ open, minutes, raw, features }: OrderFlowFeaturesGolden): readonly string[] {
  const faults: string[] = [];
  const compare = (what: string, actual: number, wanted: number): void => {
    if (!agrees(actual, wanted)) faults.push(`${what}: ${actual}, not ${wanted}`);
  };
  for (const [name, reading] of Object.entries(readings)) {
    const persistence = persistenceOf(reading, createMemory());
    for (const [minute, { ofi }] of minutes.entries())
      compare(`${name} of minute ${minute}`, persistence.next(ofi, minute === 0), raw[minute]![name as keyof typeof readings]);
  }

  const column = (of: (minute: OrderFlowFeaturesGolden['minutes'][number]) => number): Float64Array => Float64Array.from(minutes, of);
  const price = (i: number): Float64Array => column(({ tradeBar }) => tradeBar[i]!);
  const openMs = Date.parse(open);
  const bars = alignedBars({
    symbols: ['ES'],
    time: Float64Array.from(minutes, (_, minute) => openMs + minute * minuteMs),
    session: new Float64Array(minutes.length),
    bars: [
      {
        open: price(0),
        high: price(1),
        low: price(2),
        close: price(3),
        volume: column(({ bought, sold, unsided }) => bought + sold + unsided),
      },
    ],
    columns: [
      {
        ofi: column(({ ofi }) => ofi),
        microDev: column(({ micropriceDevTicks }) => micropriceDevTicks),
        microDevMean: column(({ micropriceDevMeanTicks }) => micropriceDevMeanTicks),
        liquidity: column(({ liquidityConsumption }) => liquidityConsumption),
        spread: column(({ spreadTicks }) => spreadTicks),
      },
    ],
    barMs: minuteMs,
    calendar: globexEquity,
  });
  const set = phoenixOfi({ zscore: { window: 20, minimum: 10 }, regime: { states: 2 } });
  const computed = columnsOf(withoutFit(set), bars, { from: 0, to: minutes.length });
  for (const [minute, wanted] of features.entries())
    for (const [j, name] of scores.entries()) compare(`${name} of minute ${minute}`, computed[j]![minute]!, wanted[name]);
  return faults;
}

/** The set with a regime model that was not fitted: thirty minutes are too few, and regimes are no part of the golden values. */
function withoutFit(set: ReturnType<typeof phoenixOfi>): ReturnType<typeof phoenixOfi> {
  const regimes = [
    {
      inputs: 'hmm-inputs@1',
      bars: 1,
      mean: [0, 0],
      sd: [1, 1],
      model: {
        covariance: 'diag',
        start: [0.5, 0.5],
        transition: [
          [0.9, 0.1],
          [0.1, 0.9],
        ],
        means: [
          [0, 0],
          [0, 1],
        ],
        covariances: [
          [1, 1],
          [2, 2],
        ],
      },
      logLikelihood: 0,
      bic: 0,
      rows: 0,
      starts: [],
    },
  ] as const;
  return { ...set, fit: () => ({ regimes }) };
}
