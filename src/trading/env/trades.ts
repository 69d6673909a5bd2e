import type { Accounts } from './account.ts';
import { fillCost } from './costs.ts';
import type { StateArray } from './env-state.ts';
import type { TradingRules } from './rules.ts';

/**
 * A trade of one asset: from leaving flat (or changing sides) to returning to flat (or changing sides).
 */
export interface Trade {
  readonly asset: number;
  /** Gains less all costs, in account currency. */
  readonly netPnl: number;
  /** NAV at the decision that opened it. */
  readonly value: number;
  /** Number of bars that it was held in. */
  readonly bars: number;
}

/** Follows the open trade of each account and asset, and hands over each trade as it is closed. */
export interface TradeBook {
  /** Not copied: see `Reward.state`. */
  readonly state: Readonly<Record<string, StateArray>>;
  /** Net P&L of the open trades so far, count x assets. */
  readonly openPnl: Float64Array;
  /** Forgets the open trades of copy `i`, at the start of an episode. */
  readonly clear: (i: number) => void;
  /** Before a step, after its fills, and before a sale at the close of bar `row`: called by `advance` alone. */
  readonly begin: (a: Accounts, i: number) => void;
  readonly fill: (a: Accounts, i: number, row: number, rules: TradingRules) => void;
  readonly close: (a: Accounts, i: number, row: number, rules: TradingRules) => void;
}

/** Creates the trade book of `count` accounts. The trade that `onTrade` gets is overwritten by the next one. */
export function createTradeBook(count: number, assets: number, onTrade: (i: number, trade: Trade) => void): TradeBook {
  const openPnl = new Float64Array(count * assets);
  const value = new Float64Array(count * assets);
  const bars = new Float64Array(count * assets);
  const before = new Float64Array(assets);
  const closed = { asset: 0, netPnl: 0, value: 0, bars: 0 };
  let navBefore = 0;

  const end = (i: number, at: number, k: number): void => {
    closed.asset = k;
    closed.netPnl = openPnl[at]!;
    closed.value = value[at]!;
    closed.bars = bars[at]!;
    openPnl[at] = 0;
    bars[at] = 0;
    onTrade(i, closed);
  };

  return {
    state: { openPnl, tradeValue: value, tradeBars: bars },
    openPnl,
    clear: (i) => {
      openPnl.fill(0, i * assets, (i + 1) * assets);
      bars.fill(0, i * assets, (i + 1) * assets);
    },
    begin: (a, i) => {
      navBefore = a.nav[i]!;
      for (let k = 0; k < assets; k++) before[k] = a.shares[i * assets + k]!;
    },
    fill: (a, i, row, rules) => {
      const { units } = rules;
      for (let k = 0; k < assets; k++) {
        const at = i * assets + k;
        const held = before[k]!;
        const now = a.shares[at]!;
        if (held === 0 && now === 0) continue;
        const { open, close } = rules.bars[k]!;
        const multiplier = units === null ? 1 : units.multiplier[k]!;
        const price = open[row + 1]!;
        const rolled = units === null || held === 0 ? Number.NaN : (units.rollPrices[k]?.[row + 1] ?? Number.NaN);
        const isRolled = !Number.isNaN(rolled);
        if (held !== 0) openPnl[at]! += held * multiplier * ((isRolled ? rolled : price) - close[row]!);
        if (isRolled)
          openPnl[at]! -= fillCost(rules, k, row + 1, held, multiplier * rolled) + fillCost(rules, k, row + 1, held, multiplier * price);
        const cost = fillCost(rules, k, row + 1, now - held, multiplier * price);
        const isClosed = held !== 0 && Math.sign(now) !== Math.sign(held);
        // A change of sides is one fill: its cost is shared by the units that close and those that open.
        const closing = isClosed ? (cost * Math.abs(held)) / Math.abs(now - held) : 0;
        openPnl[at]! -= isClosed ? closing : held === 0 ? 0 : cost;
        if (isClosed) end(i, at, k);
        if (now === 0) continue;
        if (held === 0 || isClosed) {
          value[at] = navBefore;
          openPnl[at] = -(cost - closing);
        }
        openPnl[at]! += now * multiplier * (close[row + 1]! - price);
        bars[at]!++;
      }
    },
    close: (a, i, row, rules) => {
      for (let k = 0; k < assets; k++) {
        const at = i * assets + k;
        const held = a.shares[at]!;
        if (held === 0) continue;
        openPnl[at]! -= fillCost(rules, k, row, held, (rules.units?.multiplier[k] ?? 1) * rules.bars[k]!.close[row]!);
        end(i, at, k);
      }
    },
  };
}
