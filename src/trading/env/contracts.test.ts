import { describe, expect, test } from 'vitest';
import { environmentConformance } from '../../../tests/conformance/environment.ts';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { rewardV2 } from '../rewards/reward-v2.ts';
import { type AccountPolicy, backtest } from './backtest.ts';
import type { Market } from './market.ts';
import { environmentOptions } from './options.ts';
import { createTradingEnv } from './trading-env.ts';

const terms = { unit: 'contract', multiplier: 5, tick: 0.25, feePerSide: 0.62, initialMargin: 2500, maintenanceMargin: 2250, maxUnits: 3 };
const bars = noiseBars({ sessions: 6, barsPerSession: 20, seed: 3, volatility: 0.004, assets: 3 });
const index = Float64Array.from(bars.session, (session) => (session >= 3 ? 1 : 0));
const contracts = bars.bars.map(({ open }) => ({
  names: ['H', 'M'],
  index,
  previousOpen: index.map((of, row) => (row > 0 && of !== index[row - 1] ? open[row]! * 0.99 : Number.NaN)),
}));
const rolled: AlignedBars = { ...bars, contracts };
const market = marketOf(rolled);
const all = { from: 0, to: 6 };

const environment = (change: object = {}) =>
  environmentOptions.parse({
    capital: 30_000,
    sizing: 'margin',
    overnight: 'hold',
    latencyBars: 2,
    deadBand: 0.4,
    maxDrawdown: 0.2,
    costs: { model: 'contract', slippageTicks: 0.5 },
    instruments: Object.fromEntries(bars.symbols.map((symbol) => [symbol, terms])),
    ...change,
  });

const envOf = (count: number) =>
  createTradingEnv(market, all, environment(), rewardV2({ volatilityLookback: 8 }), { count, episodeSteps: 40, rewardScale: 300 });

environmentConformance('trading, contracts of three assets that are held overnight', envOf);

test('is saved and restored with its orders on their way: the same bits from there', () => {
  const whole = envOf(3);
  whole.reset(createRng(1));
  const rng = createRng('actions');
  const actions = Array.from({ length: 90 }, () => Float32Array.from({ length: 9 }, () => 2 * rng.uniform() - 1));
  let saved: ReturnType<typeof whole.save> | null = null;
  const seen: (readonly [Float32Array, Float32Array])[] = [];
  for (const [step, action] of actions.entries()) {
    if (step === 33) saved = whole.save();
    whole.step(action);
    seen.push([whole.rewards.slice(), whole.observations.slice()]);
  }
  const resumed = envOf(3);
  resumed.restore(saved!);
  for (const [step, action] of actions.slice(33).entries()) {
    resumed.step(action);
    expect([resumed.rewards, resumed.observations]).toEqual(seen[33 + step]);
  }
});

/** Depends on every value of an observation, positions too. */
const policy: AccountPolicy = (observations, actions) => {
  for (let k = 0; k < actions.length; k++) actions[k] = Math.tanh(observations[2 * k]! + 0.3 * observations[(2 * k + 3) % 6]!);
};

describe.each(['flat', 'hold'] as const)('overnight %s', (overnight) => {
  const run = (on: Market, to: number) => backtest(on, { from: 0, to }, environment({ overnight }), policy);

  test('bars after a row change no order, position, cost or net asset value before it', async () => {
    const whole = await run(market, 6);
    for (const row of [25, 59, 60, 61, 83]) {
      const shaken = (column: Float64Array) => column.map((x, at) => (at <= row ? x : x * (1 + 0.01 * Math.sin(at))));
      const changed = marketOf({
        ...rolled,
        bars: rolled.bars.map((one) => ({ ...one, open: shaken(one.open), close: shaken(one.close) })),
        contracts: contracts.map((labels) => ({ ...labels, previousOpen: shaken(labels.previousOpen) })),
      });
      const steps = whole.rows.findIndex((decision) => decision + 1 > row);
      const again = await run(changed, 6);
      for (const name of ['actions', 'shares', 'costs', 'navs'] as const) {
        const each = whole[name].length / whole.rows.length;
        expect(again[name].slice(0, steps * each)).toEqual(whole[name].slice(0, steps * each));
      }
    }
  });

  test('one session more changes nothing before it but what is held at the end', async () => {
    const [four, six] = [await run(market, 4), await run(market, 6)];
    const steps = four.rows.length - 1;
    expect(four.navs.slice(0, steps)).toEqual(six.navs.slice(0, steps));
    expect(four.dailyReturns.slice(0, 3)).toEqual(six.dailyReturns.slice(0, 3));
  });

  test('books, returns of sessions and trades tell the same story', async () => {
    const { navs, dailyReturns, trades, stepGains, costs } = await run(market, 6);
    const end = navs.at(-1)!;
    expect(dailyReturns).toHaveLength(6);
    expect(dailyReturns.reduce((nav, r) => nav * (1 + r), 30_000)).toBeCloseTo(end, 6);
    expect(trades.length).toBeGreaterThan(20);
    expect(trades.reduce((nav, { netPnl }) => nav + netPnl, 30_000)).toBeCloseTo(end, 6);
    expect(stepGains.reduce((nav, gain) => nav + gain, 30_000)).toBeCloseTo(end, 6);
    expect(costs.some((cost) => cost > 0)).toBe(true);
  });
});

test('held overnight the gap is earned at the next open, flat overnight it is not', async () => {
  const still = noiseBars({ sessions: 2, barsPerSession: 5, seed: 1, volatility: 0, assets: 1 });
  const [one] = still.bars;
  const jump = (column: Float64Array) => column.map((price, row) => (row < 5 ? price : price + 10));
  const gapped = marketOf({ ...still, bars: [{ ...one!, open: jump(one!.open), close: jump(one!.close) }] });
  const free = { latencyBars: 0, costs: { transactionBp: 0, impactBp: 0 }, instruments: { AAA: terms } };
  const long: AccountPolicy = (_, actions) => void actions.fill(1);
  const navOf = async (overnight: 'flat' | 'hold') =>
    (await backtest(gapped, { from: 0, to: 2 }, environment({ ...free, overnight }), long)).navs.at(-1);
  expect(await navOf('flat')).toBeCloseTo(30_000, 8);
  expect(await navOf('hold')).toBeCloseTo(30_000 + 3 * 5 * 10, 8);
});
