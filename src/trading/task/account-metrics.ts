import type { Metrics } from '../../search/trial/trial.ts';
import { winRate } from '../../validation/metrics.ts';
import { mean } from '../../validation/moments.ts';
import type { Backtest } from '../env/backtest.ts';
import type { UnitCost } from '../env/costs.ts';

/** Largest position of which the share of every number of units is a metric of its own. */
const mostListedUnits = 5;

/** Closed trades of a backtest: how many, how often they won, and how long winners and losers were held. NaN without such trades. */
export function tradeMetrics({ trades, dailyReturns }: Pick<Backtest, 'trades' | 'dailyReturns'>): Metrics {
  const barsOf = (won: boolean) => mean(trades.filter(({ netPnl }) => (won ? netPnl > 0 : netPnl < 0)).map(({ bars }) => bars));
  return {
    tradesPerSession: trades.length / dailyReturns.length,
    winRateTrades: winRate(trades.map(({ netPnl }) => netPnl)),
    /** Mean bars held. */
    winnerBars: barsOf(true),
    loserBars: barsOf(false),
  };
}

/**
 * What an account in units was charged and needed, by symbol, so that a result states its terms; empty for costs in basis points without
 * units. The slippage is the lowest of all assets: half of the mean spread with the cost model `spread`.
 */
export function accountMetrics({ rules, rows, shares, marginCalls }: Backtest): Metrics {
  const { terms, unitCosts, units } = rules;
  const metrics: Record<string, number> = {};
  for (const [k, { symbol, multiplier, maxUnits }] of terms.entries()) {
    if (unitCosts !== null) metrics[`feePerSide.${symbol}`] = unitCosts[k]!.feePerSide;
    if (units === null) continue;
    metrics[`multiplier.${symbol}`] = multiplier;
    if (units.initialMargin[k]! > 0) {
      metrics[`initialMargin.${symbol}`] = units.initialMargin[k]!;
      metrics[`maintenanceMargin.${symbol}`] = units.maintenanceMargin[k]!;
    }
    const held = shares.filter((_, i) => i % terms.length === k);
    metrics[`meanUnits.${symbol}`] = mean(held.map(Math.abs));
    // Few units: an action in between is rounding noise, so what was really held is shown.
    if (units.whole[k] === 1 && maxUnits <= mostListedUnits)
      for (let n = -Math.floor(maxUnits); n <= maxUnits; n++)
        metrics[`held.${symbol}.${n}`] = held.filter((value) => value === n).length / held.length;
  }
  if (unitCosts !== null) metrics['slippageTicks'] = Math.min(...unitCosts.map((cost) => slippageOf(cost, rows)));
  if (units !== null) metrics['marginCalls'] = marginCalls;
  return metrics;
}

function slippageOf({ slippageTicks }: UnitCost, rows: Int32Array): number {
  return typeof slippageTicks === 'number' ? slippageTicks : mean(Float64Array.from(rows, (row) => slippageTicks[row + 1]!));
}
