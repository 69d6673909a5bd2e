/** The trading environment and its backtest without any network: 64 accounts, twelve features an asset, random actions. */
import { createRng } from '../../../src/core/rng.ts';
import { backtest } from '../../../src/trading/env/backtest.ts';
import type { Market } from '../../../src/trading/env/market.ts';
import { type EnvironmentConfig, environmentDefaults, environmentOptions } from '../../../src/trading/env/options.ts';
import { createTradingEnv } from '../../../src/trading/env/trading-env.ts';
import { rewardV2 } from '../../../src/trading/rewards/reward-v2.ts';
import { shaped } from '../../../src/trading/rewards/shaping.ts';
import { marketOf, noiseBars } from '../../fixtures/noise-market.ts';
import { costOf } from '../measure.ts';
import type { BenchRow } from '../row.ts';
import { perSecond, row } from './shared.ts';

const [copies, sessions, barsPerSession, features, shownActions] = [64, 40, 390, 12, 16];
const all = { from: 0, to: sessions };
const plain = rewardV2({ betaVolatility: 0, sharpeBonus: 0 });
const unit = 'steps of one account/s of processor time';

function marketWith(assets: number): Market {
  const bars = noiseBars({ sessions, barsPerSession, seed: 1, assets });
  const rng = createRng('features');
  const values = Float32Array.from({ length: bars.time.length * assets * features }, () => rng.normal());
  return { ...marketOf(bars), features: values, featuresPerAsset: features };
}

function contractsOf(market: Market): EnvironmentConfig {
  const terms = { unit: 'contract', multiplier: 2, tick: 0.25, feePerSide: 0.62, initialMargin: 2500, maintenanceMargin: 2250 };
  const instruments = Object.fromEntries(market.bars.symbols.map((symbol) => [symbol, terms]));
  return environmentOptions.parse({ sizing: 'margin', costs: { model: 'contract', slippageTicks: 0.5 }, instruments });
}

async function stepsPerSecond(market: Market, config: EnvironmentConfig, reward = plain): Promise<number> {
  const env = createTradingEnv(market, all, config, reward, { count: copies, episodeSteps: barsPerSession, rewardScale: 2000 });
  env.reset(createRng(1));
  const rng = createRng('actions');
  const actions = Array.from({ length: shownActions }, () =>
    Float32Array.from({ length: copies * env.actionSize }, () => 2 * rng.uniform() - 1),
  );
  let step = 0;
  const { cpuMs } = await costOf(async () => env.step(actions[step++ % shownActions]!), 2000);
  return perSecond(cpuMs) * copies;
}

async function backtestedPerSecond(market: Market, config: EnvironmentConfig): Promise<number> {
  const { cpuMs } = await costOf(() => backtest(market, all, config, (_, actions) => void actions.fill(0.5)), 3);
  return perSecond(cpuMs) * sessions * (barsPerSession - 1);
}

export async function environmentRows(): Promise<readonly BenchRow[]> {
  const [one, two, four] = [marketWith(1), marketWith(2), marketWith(4)];
  const shaping = shaped(plain, { winBonus: 0.1, lossPenalty: 0.2, holdDiscipline: 1e-4 }, 0.99);
  const figure = async (name: string, value: Promise<number>) => row(name, unit, await value);
  return [
    await figure('trading environment, 2 assets in fractional shares', stepsPerSecond(two, environmentDefaults)),
    await figure('trading environment, 4 assets in fractional shares', stepsPerSecond(four, environmentDefaults)),
    await figure('trading environment, 1 asset in contracts', stepsPerSecond(one, contractsOf(one))),
    await figure('trading environment, 2 assets in contracts', stepsPerSecond(two, contractsOf(two))),
    await figure('trading environment, 2 assets in contracts, shaped reward', stepsPerSecond(two, contractsOf(two), shaping)),
    await figure('backtest, 2 assets in fractional shares', backtestedPerSecond(two, environmentDefaults)),
    await figure('backtest, 2 assets in contracts', backtestedPerSecond(two, contractsOf(two))),
  ];
}
