import { rangesOf } from '../../features/training-rows.ts';
import { sharpe } from '../../validation/metrics.ts';
import type { AccountPolicy } from '../env/backtest.ts';
import { backtestParts } from '../env/backtest-parts.ts';
import { decisionsOf, type Market, type SessionParts } from '../env/market.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { fitRidge, type LinearModel } from './ridge.ts';

/** Rule from a forecast to a position; chosen on the training part. */
interface Sizing {
  /** Position per standard deviation of the forecasts. */
  readonly gain: number;
  /** The position is kept while the wanted one differs by less than this, so that costs are paid for real changes only. */
  readonly band: number;
}

const gains = [0.5, 1, 2];
const bands = [0, 0.25, 0.5, 1];

/** Ridge penalty in rows: columns that appear for several assets make the equations singular without it. */
const ridgePenalty = 10;

/**
 * A linear forecast of each asset's next bar from the same features as the agent's, with positions in proportion to it. Forecast and sizing
 * are fitted on the training sessions alone; the sizing is the one with the best daily net Sharpe ratio there. If none is profitable after
 * costs, the rule stays flat.
 */
export async function linearRule(market: Market, train: SessionParts, config: EnvironmentConfig): Promise<AccountPolicy> {
  const models = fitForecasts(market, train);
  let best: { readonly sizing: Sizing; readonly value: number } | null = null;
  for (const gain of gains)
    for (const band of bands) {
      const sizing = { gain, band };
      const { dailyReturns } = await backtestParts(market, train, config, ruleOf(market, models, sizing));
      const value = sharpe(dailyReturns);
      if (value > (best?.value ?? 0)) best = { sizing, value };
    }
  return best === null ? (_, actions) => void actions.fill(0) : ruleOf(market, models, best.sizing);
}

interface Forecast {
  readonly model: LinearModel;
  /** Standard deviation of the forecasts on the training part. */
  readonly spread: number;
}

/** One forecast per asset of the return from the open to the close of the bar in which a decision is executed. */
function fitForecasts(market: Market, train: SessionParts): readonly Forecast[] {
  const rows = Int32Array.from(rangesOf(train).flatMap((range) => [...decisionsOf(market, range).rows]));
  const width = market.bars.bars.length * market.featuresPerAsset;
  return market.bars.bars.map(({ open, close }) => {
    const target = Float64Array.from(rows, (row) => close[row + 1]! / open[row + 1]! - 1);
    const model = fitRidge(market.features, width, rows, target, ridgePenalty);
    let squares = 0;
    for (const row of rows) {
      let forecast = 0;
      for (let j = 0; j < width; j++) forecast += model.weights[j]! * market.features[row * width + j]!;
      squares += forecast * forecast;
    }
    return { model, spread: Math.sqrt(squares / rows.length) };
  });
}

function ruleOf(market: Market, forecasts: readonly Forecast[], { gain, band }: Sizing): AccountPolicy {
  const { featuresPerAsset } = market;
  const assets = forecasts.length;
  const stride = featuresPerAsset + 1;
  return (observation, action) => {
    for (let k = 0; k < assets; k++) {
      const { model, spread } = forecasts[k]!;
      let forecast = model.intercept;
      for (let asset = 0; asset < assets; asset++)
        for (let j = 0; j < featuresPerAsset; j++)
          forecast += model.weights[asset * featuresPerAsset + j]! * observation[asset * stride + j]!;
      const wanted = spread > 0 ? clamp((gain * forecast) / spread) : 0;
      const held = observation[k * stride + featuresPerAsset]!;
      action[k] = Math.abs(wanted - held) > band ? wanted : clamp(held);
    }
  };
}

function clamp(value: number): number {
  return Math.max(-1, Math.min(1, value));
}
