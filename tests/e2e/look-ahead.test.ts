import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { featureMatrix } from '../../src/features/index.ts';
import { applyNormaliser, fitNormaliser } from '../../src/features/normalise.ts';
import { type AlignedBars, barFields } from '../../src/market/bars.ts';
import { generateMarket } from '../../src/market/synthetic/generate.ts';
import { marketPresetOf } from '../../src/market/synthetic/presets.ts';
import { baselines } from '../../src/trading/baselines/index.ts';
import { type AccountPolicy, type Backtest, backtest } from '../../src/trading/env/backtest.ts';
import { decisionsOf, type Market } from '../../src/trading/env/market.ts';
import { environmentDefaults } from '../../src/trading/env/options.ts';
import { marketFrom, normalisedMarket } from '../../src/trading/task/market-data.ts';
import { sharpe } from '../../src/validation/metrics.ts';

const trainRows = { from: 0, to: 390 };
const everything = { from: 0, to: 3 };

/** The whole chain: bars, features (normaliser fitted on the first session), actions, fills. */
async function act(bars: AlignedBars): Promise<Backtest> {
  const features = featureMatrix(bars);
  const { values, width, warmUpBars } = applyNormaliser(fitNormaliser(features, trainRows), features);
  const market: Market = { bars, features: values, featuresPerAsset: width / 2, firstRow: warmUpBars };
  return backtest(market, everything, environmentDefaults, randomNetwork());
}

/** A policy whose actions depend on every feature and both positions. */
function randomNetwork(): AccountPolicy {
  const rng = createRng('network');
  const weights = Array.from({ length: 52 }, () => rng.normal());
  return (observation, action) => {
    for (let k = 0; k < 2; k++) action[k] = Math.tanh(observation.reduce((sum, x, j) => sum + x * weights[26 * k + j]!, 0) / 3);
  };
}

function changed(bars: AlignedBars, rows: number, from: number, value: (old: number) => number): AlignedBars {
  const column = (old: Float64Array) => old.slice(0, rows).map((x, row) => (row < from ? x : value(x)));
  return {
    ...bars,
    time: bars.time.slice(0, rows),
    session: bars.session.slice(0, rows),
    bars: bars.bars.map((one) => ({
      open: column(one.open),
      high: column(one.high),
      low: column(one.low),
      close: column(one.close),
      volume: column(one.volume),
    })),
  };
}

describe('nothing looks ahead, from bars to fills', () => {
  const bars = generateMarket(marketPresetOf('planted'), 5, 3);
  const rng = createRng('look-ahead');
  const cuts = [400, ...Array.from({ length: 6 }, () => 391 + rng.int(bars.time.length - 400))];

  test.each(cuts)('removing all bars after row %i leaves actions and fills up to it unchanged', async (t) => {
    const whole = await act(bars);
    const prefix = await act(changed(bars, t + 1, t + 1, (x) => x));
    const steps = prefix.rows.length;
    expect(prefix.rows.at(-1)).toBe(t - 1 - (bars.session[t] === bars.session[t - 1] ? 0 : 1));
    expect(prefix.actions).toEqual(whole.actions.subarray(0, 2 * steps));
    expect(prefix.shares).toEqual(whole.shares.subarray(0, 2 * steps));
    expect(prefix.navs).toEqual(whole.navs.subarray(0, steps));
  });

  test.each(cuts)('replacing all bars after row %i with noise changes no action up to it and no fill before it', async (t) => {
    const whole = await act(bars);
    const noise = createRng(`noise-${t}`);
    const noisy = await act(changed(bars, bars.time.length, t + 1, (x) => x * (0.5 + noise.uniform())));
    const decided = whole.rows.filter((row) => row <= t).length;
    const filled = whole.rows.filter((row) => row < t).length;
    expect(noisy.actions.subarray(0, 2 * decided)).toEqual(whole.actions.subarray(0, 2 * decided));
    expect(noisy.shares.subarray(0, 2 * filled)).toEqual(whole.shares.subarray(0, 2 * filled));
    expect(noisy.actions).not.toEqual(whole.actions);
  });

  test('every column of a bar affects a later action', async () => {
    const whole = await act(bars);
    for (const field of barFields) {
      const shaken = {
        ...bars,
        bars: bars.bars.map((one) => ({ ...one, [field]: one[field].map((x, row) => (row > 600 ? x * 1.001 : x)) })),
      };
      expect((await act(shaken)).actions, field).not.toEqual(whole.actions);
    }
  });
});

describe('results of a planted look-ahead', () => {
  const train = { from: 0, to: 30 };
  const tested = { from: 31, to: 61 };

  const marketOf = (preset: string) => {
    const bars = generateMarket(marketPresetOf(preset), 3, 61);
    return normalisedMarket(marketFrom(bars, 'dual-ticker@2'), train).market;
  };

  /** The features shifted: row `row + by` in place of row `row`. */
  const shifted = (market: Market, by: number): Market => {
    const width = 2 * market.featuresPerAsset;
    const features = market.features.map((_, i) => market.features[i + by * width] ?? 0);
    return { ...market, features, firstRow: market.firstRow + Math.max(0, -by) };
  };

  const sharpeOfRule = async (market: Market) => {
    const rule = await baselines['linear']!(market, train, environmentDefaults);
    const { dailyReturns } = await backtest(market, tested, environmentDefaults, rule);
    return dailyReturns.every((r) => r === 0) ? 0 : sharpe(dailyReturns);
  };

  test('without an edge, seeing one bar ahead has an absurd daily Sharpe ratio, and the honest rule none', async () => {
    const market = marketOf('no-edge');
    expect(await sharpeOfRule(shifted(market, 1))).toBeGreaterThan(3);
    expect(await sharpeOfRule(market)).toBeLessThan(0.2);
  });

  test('a policy that knows the next bar has the same absurd ratio through the fills alone', async () => {
    const market = marketOf('no-edge');
    const { rows } = decisionsOf(market, tested);
    let step = 0;
    const clairvoyant: AccountPolicy = (_, action) => {
      const row = rows[step++]! + 1;
      market.bars.bars.forEach(({ open, close }, k) => {
        action[k] = Math.sign(close[row]! - open[row]!);
      });
    };
    const seen = await backtest(market, tested, environmentDefaults, clairvoyant);
    expect(sharpe(seen.dailyReturns)).toBeGreaterThan(3);
  });

  test('delaying the features by one bar weakens the planted edge but does not change its order of magnitude', async () => {
    const market = marketOf('planted');
    const [prompt, late] = [await sharpeOfRule(market), await sharpeOfRule(shifted(market, -1))];
    expect(late).toBeLessThan(prompt);
    expect(late).toBeGreaterThan(prompt / 5);
  });
});
