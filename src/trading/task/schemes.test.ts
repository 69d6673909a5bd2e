import { beforeAll, describe, expect, test } from 'vitest';
import { tableOf } from '../../../tests/fixtures/tables.ts';
import { contextOf, options, type Params } from '../../../tests/fixtures/trading-task.ts';
import { createRng } from '../../core/rng.ts';
import type { SharedTable } from '../../core/table.ts';
import { generateMarket } from '../../market/synthetic/generate.ts';
import { marketPresetOf } from '../../market/synthetic/presets.ts';
import type { FoldWindow } from '../../search/study/walk-forward.ts';
import { rowsOf } from '../env/market.ts';
import { environmentDefaults } from '../env/options.ts';
import { createTradingEnv } from '../env/trading-env.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { sessionsOf } from './session-plan.ts';
import { tradingTask } from './task.ts';

const bars = generateMarket(marketPresetOf('planted'), 4, 16);
const table = tableOf(bars);
/** Sessions 6 to 15 are tested. */
const task = tradingTask<Params>({
  ...options,
  sessions: { searchSessions: 6, innerSessions: 3, purgeSessions: 1, embargoSessions: 1, testSessions: 2, folds: 5 },
});
const planned = (scheme: string, data = table) => task.walkForward.schemed!(scheme).plan({ dataset: () => Promise.resolve(data) });

/** The market with bent prices in some sessions. */
function bent(sessions: readonly number[]): SharedTable {
  const isBent = (row: number) => sessions.includes(bars.session[row]!);
  const bend = (column: Float64Array) => column.map((x, row) => (isBent(row) ? x * (1 + 0.02 * Math.sin(row)) : x));
  return tableOf({
    ...bars,
    bars: bars.bars.map((one) => ({ ...one, open: bend(one.open), high: bend(one.high), low: bend(one.low), close: bend(one.close) })),
  });
}

const evaluate = (fold: FoldWindow, data = table) =>
  task.walkForward.evaluate({ ...contextOf({ dataset: () => Promise.resolve(data) }), seed: 1 }, fold);

describe('a combinatorial fold', () => {
  let middle: FoldWindow;
  beforeAll(async () => {
    // Sessions 10 and 11 are tested, 9 and 12 purged, 13 embargoed.
    middle = (await planned('cpcv:5,1'))[2]!;
  });

  test('states its parts, what was purged and the embargo', () => {
    expect(sessionsOf(middle, bars)).toEqual({
      train: [
        { from: 0, to: 9 },
        { from: 14, to: 16 },
      ],
      test: [{ from: 10, to: 12 }],
    });
    expect(middle).toMatchObject({
      fold: 2,
      purgedBars: 2 * 390,
      parts: {
        purgedSessions: 2,
        embargoedSessions: 1,
        embargoedBars: 390,
        train: [{ sessions: 9 }, { sessions: 2 }],
        test: [{ group: 2, sessions: 2 }],
      },
    });
    expect(middle.trainEnd).toBeGreaterThan(middle.testEnd);
  });

  test('is trained on both parts, and on nothing that is tested, purged or embargoed', async () => {
    const policy = async (data?: SharedTable) => (await evaluate(middle, data)).policy;
    const was = await policy();
    expect(await policy(bent([10, 11, 12]))).toEqual(was);
    expect(await policy(bent([15]))).not.toEqual(was);
    expect(await policy(bent([3]))).not.toEqual(was);
  });

  test('of two groups has an account for each, and the baselines of the same days', async () => {
    const fold = (await planned('cpcv:5,2'))[1]!;
    expect(fold.parts!.test.map(({ group }) => group)).toEqual([0, 2]);
    const whole = await evaluate(fold);
    expect(whole.dailyReturns).toHaveLength(4);
    expect(whole.stepReturns).toHaveLength(4 * 389);
    // What happens in the first group does not reach the second: not its account, peak or memory.
    const other = await evaluate(fold, bent([7]));
    expect(other.policy).toEqual(whole.policy);
    expect(other.dailyReturns.slice(2)).toEqual(whole.dailyReturns.slice(2));
    expect(other.dailyReturns[1]).not.toBe(whole.dailyReturns[1]);
    const baselines = await task.walkForward.baselines({ dataset: () => Promise.resolve(table) }, fold);
    for (const { dailyReturns } of Object.values(baselines)) expect(dailyReturns).toHaveLength(4);
  });
});

test('the study’s own scheme named gives the study’s own folds', async () => {
  expect(await planned('anchored')).toEqual(await task.walkForward.plan({ dataset: () => Promise.resolve(table) }));
  expect((await planned('rolling:3')).every(({ parts }) => parts === undefined)).toBe(true);
});

test('no episode of a training reaches from one range to the next, and each is begun in', () => {
  // One feature, the number of the session, so that an observation says where it was made.
  const width = bars.symbols.length;
  const market = {
    bars,
    features: Float32Array.from({ length: bars.time.length * width }, (_, i) => bars.session[Math.floor(i / width)]!),
    featuresPerAsset: 1,
    firstRow: 0,
  };
  const ranges = [
    { from: 1, to: 3 },
    { from: 9, to: 10 },
  ];
  const env = createTradingEnv(market, ranges, { ...environmentDefaults, maxDrawdown: 1 }, rewardV2({}), {
    count: 8,
    episodeSteps: 300,
    rewardScale: 1,
  });
  const size = env.observationSize;
  const rangeOf = (observations: Float32Array, copy: number) => (observations[copy * size]! < 5 ? 0 : 1);
  const seen = new Set<number>();
  const rng = createRng('episodes');
  env.reset(rng);
  const actions = new Float32Array(env.count * env.actionSize);
  for (let step = 0; step < 1500; step++) {
    const before = Array.from({ length: env.count }, (_, copy) => rangeOf(env.observations, copy));
    env.step(actions.map(() => 2 * rng.uniform() - 1));
    for (let copy = 0; copy < env.count; copy++) {
      const ended = env.terminated[copy] === 1 || env.truncated[copy] === 1;
      expect(rangeOf(ended ? env.finalObservations : env.observations, copy)).toBe(before[copy]);
      seen.add(env.observations[copy * size]!);
    }
  }
  expect([...seen].sort((a, b) => a - b)).toEqual([1, 2, 9]);
  expect(rowsOf(bars, ranges[1]!)).toEqual({ from: 9 * 390, to: 10 * 390 });
});
