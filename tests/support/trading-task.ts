/** A small trading task on twelve generated sessions. */
import type { SharedTable } from '../../src/core/table.ts';
import { generateMarket } from '../../src/market/synthetic/generate.ts';
import { marketPresetOf } from '../../src/market/synthetic/presets.ts';
import type { TrialContext } from '../../src/search/study/trial-context.ts';
import { rowsOf } from '../../src/trading/env/market.ts';
import type { TradingTaskOptions } from '../../src/trading/task/options.ts';
import { tradingTask } from '../../src/trading/task/task.ts';
import { tableOf } from './tables.ts';

export interface Params {
  readonly lr: number;
}

export const sessions = { searchSessions: 8, innerSessions: 3, purgeSessions: 1, testSessions: 2, folds: 2 };
export const options: TradingTaskOptions<Params> = {
  dataset: 'test',
  training: { environments: 4, updates: 12, episodeSteps: 60, rewardScale: 2000 },
  sessions,
  reports: 3,
  agent: ({ lr }) => ({ hidden: [8], batchSize: 16, warmupSteps: 40, initialTemperature: 0.02, learningRate: lr }),
  reward: () => ({ betaVolatility: 0 }),
};
export const task = tradingTask<Params>(options);

export const bars = generateMarket(marketPresetOf('planted'), 4, 12);
export const table = tableOf(bars);

export function contextOf(overrides: Partial<TrialContext<Params>> = {}): TrialContext<Params> {
  return {
    address: 'study#3',
    number: 3,
    attempt: 1,
    params: { lr: 1e-3 },
    seed: 17,
    device: 'cpu',
    signal: new AbortController().signal,
    resumeFrom: null,
    report: () => Promise.resolve(),
    checkpoint: () => Promise.resolve(),
    artifact: () => Promise.resolve(''),
    dataset: () => Promise.resolve(table),
    searched: () => Promise.resolve(),
    runsOn: () => Promise.resolve(),
    ...overrides,
  };
}

/** The bars with other prices from a session on. */
export function changedFrom(session: number): SharedTable {
  const { from } = rowsOf(bars, { from: session, to: session + 1 });
  const bend = (column: Float64Array) => column.map((x, row) => (row < from ? x : x * (1 + 0.02 * Math.sin(row))));
  return tableOf({
    ...bars,
    bars: bars.bars.map((one) => ({ ...one, open: bend(one.open), high: bend(one.high), low: bend(one.low), close: bend(one.close) })),
  });
}
