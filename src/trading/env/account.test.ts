import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import type { BarColumns } from '../../market/bars.ts';
import { balanceTolerance, createAccounts, drawdownExceeds, openAccount, settleStep } from './account.ts';
import { impactedValue, transactionCost } from './costs.ts';
import type { TradingRules } from './rules.ts';
import { closeShares, tradeShares } from './shares.ts';

const costs = { transactionBp: 1, impactBp: 0.5 };
const free = { transactionBp: 0, impactBp: 0 };

function rulesOf(bars: readonly BarColumns[], unitWeight: number, rates: typeof costs): TradingRules {
  return {
    terms: [],
    bars,
    unitWeight,
    ...rates,
    unitCosts: null,
    units: null,
    ages: [],
    deadBand: 0,
    latencyBars: 0,
    maxDrawdown: 1,
    onFill: null,
    trades: null,
  };
}

function columns(open: number[], close: number[]): BarColumns {
  const flat = Float64Array.from(close);
  return { open: Float64Array.from(open), high: flat, low: flat, close: flat, volume: flat };
}

describe('an account', () => {
  test('fills at the next open, earns from there to the close, and never from the close it decided on', () => {
    const bars = [columns([100, 110], [100, 121]), columns([50, 50], [50, 50])];
    const a = createAccounts(1, 2);
    openAccount(a, 0, 100_000);
    tradeShares(a, 0, 0, Float32Array.of(1, 0), rulesOf(bars, 0.5, free));
    // Half of the account at 110, worth 10 % more at 121; the jump from 100 to 110 is not earned.
    expect(a.nav[0]).toBeCloseTo(105_000, 8);
    expect(a.shares[0]).toBeCloseTo(50_000 / 110, 10);
  });

  test('keeps its target weight as a share of NAV at the fill, so a held position earns the gap', () => {
    const bars = [columns([100, 100, 110], [100, 100, 110]), columns([50, 50, 50], [50, 50, 50])];
    const a = createAccounts(1, 2);
    openAccount(a, 0, 100_000);
    tradeShares(a, 0, 0, Float32Array.of(1, 0), rulesOf(bars, 0.5, free));
    tradeShares(a, 0, 1, Float32Array.of(1, 0), rulesOf(bars, 0.5, free));
    expect(a.nav[0]).toBeCloseTo(105_000, 8);
    expect(a.shares[0]! * 110).toBeCloseTo(52_500, 8);
  });

  test('pays fee and impact per fill, and pays again when its positions are closed', () => {
    const bars = [columns([100, 100], [100, 100]), columns([50, 50], [50, 50])];
    const a = createAccounts(1, 2);
    openAccount(a, 0, 100_000);
    const rules = rulesOf(bars, 0.25, costs);
    tradeShares(a, 0, 0, Float32Array.of(1, -1), rules);
    const perFill = transactionCost(25_000, 1) + (impactedValue(25_000) * 0.5) / 10_000;
    expect(a.stepCost[0]).toBeCloseTo(2 * perFill, 10);
    expect(a.stepTraded[0]).toBeCloseTo(50_000, 8);
    closeShares(a, 0, 1, rules);
    expect(a.stepCost[0]).toBeCloseTo(4 * perFill, 10);
    expect(a.paid[0]).toBeCloseTo(4 * perFill, 10);
    expect(a.nav[0]).toBeCloseTo(100_000 - 4 * perFill, 8);
    expect([...a.shares]).toEqual([0, 0]);
  });

  test('NAV equals gross less all costs paid, to a relative 1e-9, for any trades', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.array(fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })), {
          minLength: 1,
          maxLength: 58,
        }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (seed, targets, feeBp, exposure) => {
          const { bars } = noiseBars({ sessions: 1, barsPerSession: 60, seed, volatility: 0.01 });
          const rules = rulesOf(bars, exposure / 2, { transactionBp: feeBp, impactBp: feeBp / 2 });
          const a = createAccounts(1, 2);
          openAccount(a, 0, 100_000);
          let paid = 0;
          targets.forEach((target, row) => {
            tradeShares(a, 0, row, Float32Array.from(target), rules);
            if (row % 7 === 6) closeShares(a, 0, row + 1, rules);
            settleStep(a, 0);
            paid += a.stepCost[0]!;
            const value = a.cash[0]! + a.shares[0]! * bars[0]!.close[row + 1]! + a.shares[1]! * bars[1]!.close[row + 1]!;
            expect(Math.abs(a.nav[0]! - value)).toBeLessThanOrEqual(balanceTolerance * a.nav[0]!);
            expect(Math.abs(a.nav[0]! - (a.gross[0]! - paid))).toBeLessThanOrEqual(balanceTolerance * a.nav[0]!);
          });
        },
      ),
      { numRuns: 100, seed: 7 },
    );
  });

  test('a bankrupt account holds nothing', () => {
    const bars = [columns([100, 100, 100, 100], [100, 300, 300, 300]), columns([50, 50, 50, 50], [50, 50, 50, 50])];
    const a = createAccounts(1, 2);
    openAccount(a, 0, 100_000);
    tradeShares(a, 0, 0, Float32Array.of(-1, 0), rulesOf(bars, 1, free));
    expect(a.nav[0]).toBeCloseTo(-100_000, 8);
    closeShares(a, 0, 1, rulesOf(bars, 1, free));
    tradeShares(a, 0, 1, Float32Array.of(-1, 1), rulesOf(bars, 1, free));
    settleStep(a, 0);
    expect([...a.shares].every((held) => held === 0)).toBe(true);
    expect(a.nav[0]).toBeCloseTo(-100_000, 8);
  });

  test('books that do not balance are an error, not a number', () => {
    const a = createAccounts(1, 2);
    openAccount(a, 0, 100_000);
    a.paid[0] = 0.01;
    expect(() => settleStep(a, 0)).toThrow('the books do not balance');
    a.paid[0] = 0;
    a.nav[0] = Number.NaN;
    expect(() => settleStep(a, 0)).toThrow('the books do not balance');
  });

  test('a fall of exactly the drawdown limit is still inside it', () => {
    const a = createAccounts(1, 2);
    openAccount(a, 0, 100_000);
    a.nav[0] = 98_000;
    expect(drawdownExceeds(a, 0, 0.02)).toBe(false);
    a.nav[0] = 97_999;
    expect(drawdownExceeds(a, 0, 0.02)).toBe(true);
  });
});
