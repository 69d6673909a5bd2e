import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { balanceTolerance, createAccounts, openAccount } from './account.ts';
import { advance } from './advance.ts';
import { environmentOptions } from './options.ts';
import { type TradingRules, tradingRules } from './rules.ts';

interface Position {
  units: number;
  entry: number;
}

/** An account kept by average entry prices: realised gains, costs, and the open positions' gains against their entries. */
function averageEntry(rules: TradingRules, capital: number) {
  const { multiplier, rollPrices } = rules.units!;
  const positions: Position[] = rules.bars.map(() => ({ units: 0, entry: 0 }));
  let realised = 0;
  let paid = 0;
  const trade = (k: number, change: number, price: number): void => {
    const position = positions[k]!;
    if (change === 0) return;
    if (position.units === 0 || Math.sign(change) === Math.sign(position.units)) {
      position.entry =
        (position.entry * Math.abs(position.units) + price * Math.abs(change)) / (Math.abs(position.units) + Math.abs(change));
      position.units += change;
      return;
    }
    const closed = Math.min(Math.abs(change), Math.abs(position.units)) * Math.sign(position.units);
    realised += closed * multiplier[k]! * (price - position.entry);
    position.units -= closed;
    const rest = change + closed;
    if (rest !== 0) [position.units, position.entry] = [rest, price];
  };
  const pay = (k: number, row: number, change: number, price: number): void => {
    const value = Math.abs(change) * multiplier[k]! * price;
    const { feePerSide, slippageTicks, tickValue } = rules.unitCosts?.[k] ?? { feePerSide: 0, slippageTicks: 0, tickValue: 0 };
    const ticks = typeof slippageTicks === 'number' ? slippageTicks : slippageTicks[row]!;
    paid += Math.abs(change) * (feePerSide + ticks * tickValue) + (value * rules.transactionBp) / 1e4;
    paid += (value * Math.min(value / 100_000, 1) * rules.impactBp) / 1e4;
  };
  return {
    to: (k: number, row: number, units: number, price: number) => {
      const roll = rollPrices[k]?.[row] ?? Number.NaN;
      const { units: held } = positions[k]!;
      if (held !== 0 && !Number.isNaN(roll)) {
        for (const [change, at] of [
          [-held, roll],
          [held, price],
        ] as const) {
          pay(k, row, change, at);
          trade(k, change, at);
        }
      }
      pay(k, row, units - held, price);
      trade(k, units - held, price);
    },
    nav: (prices: readonly number[]) =>
      capital - paid + realised + positions.reduce((sum, { units, entry }, k) => sum + units * multiplier[k]! * (prices[k]! - entry), 0),
  };
}

test('agrees with accounting by average entry prices, for any assets, rules, rolls and actions', () => {
  const money = (max: number) => fc.double({ min: 0, max, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(1e6),
        assets: fc.integer({ min: 1, max: 4 }),
        sizing: fc.constantFrom('exposure', 'margin'),
        fee: money(5),
        ticks: money(3),
        inBasisPoints: fc.boolean(),
        deadBand: money(1),
        latencyBars: fc.nat(3),
        hold: fc.boolean(),
        shares: fc.boolean(),
        fractional: fc.boolean(),
        maxDrawdown: fc.constantFrom(0.05, 1),
      }),
      ({ seed, assets, sizing, fee, ticks, inBasisPoints, deadBand, latencyBars, hold, shares, fractional, maxDrawdown }) => {
        const rng = createRng(seed);
        const bars = noiseBars({ sessions: 5, barsPerSession: 12, seed, volatility: 0.01, assets });
        const index = Float64Array.from(bars.session, (session) => (session >= 3 ? 1 : 0));
        const rolls = bars.bars.map(({ open }, k) => ({
          names: ['H', 'M'],
          index,
          previousOpen: index.map((of, row) => (of !== index[row - 1] && row > 0 && k !== 1 ? open[row]! * 0.98 : Number.NaN)),
        }));
        const terms = {
          unit: 'contract',
          multiplier: 5,
          tick: 0.25,
          feePerSide: fee,
          initialMargin: 900,
          maintenanceMargin: 800,
          fractional,
        };
        const config = environmentOptions.parse({
          sizing,
          grossExposure: 6,
          deadBand,
          latencyBars,
          maxDrawdown,
          costs: inBasisPoints ? { transactionBp: fee, impactBp: ticks } : { model: 'contract', slippageTicks: ticks },
          instruments: Object.fromEntries(
            bars.symbols.map((symbol, k) => [symbol, k === 0 && shares ? { ...terms, unit: 'share' } : terms]),
          ),
        });
        const rules = tradingRules({ ...bars, contracts: rolls }, config);
        const a = createAccounts(1, assets, { latencyBars, inUnits: true });
        openAccount(a, 0, config.capital);
        const books = averageEntry(rules, config.capital);
        const filled = new Float64Array(assets);
        const onFill = () => filled.set(a.shares);
        for (let row = 0; row + 1 < bars.time.length; row++) {
          const lastOfSession = bars.session[row + 2] !== bars.session[row + 1];
          const action = Float64Array.from({ length: assets }, () => 2 * rng.uniform() - 1);
          advance(a, 0, row, action, lastOfSession && !hold, { ...rules, onFill });
          for (let k = 0; k < assets; k++) {
            const { open, close } = bars.bars[k]!;
            books.to(k, row + 1, filled[k]!, open[row + 1]!);
            // Closed at the close, by the session's end or the drawdown limit: the roll, if any, was at the open.
            if (a.shares[k] !== filled[k]) books.to(k, 0, 0, close[row + 1]!);
          }
          const nav = books.nav(bars.bars.map(({ close }) => close[row + 1]!));
          expect(Math.abs(a.nav[0]! - nav)).toBeLessThanOrEqual(balanceTolerance * Math.max(Math.abs(nav), config.capital));
        }
      },
    ),
    { numRuns: 200, seed: 11 },
  );
});
