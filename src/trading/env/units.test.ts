import { describe, expect, test } from 'vitest';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { createAccounts, openAccount } from './account.ts';
import { advance } from './advance.ts';
import { environmentOptions } from './options.ts';
import { tradingRules } from './rules.ts';
import { fullUnits, roundHalfAway, unitLimit } from './units.ts';

const terms = { unit: 'contract', multiplier: 2, tick: 0.25, feePerSide: 0.62, initialMargin: 2500, maintenanceMargin: 2250 } as const;
const slippage = { model: 'contract', slippageTicks: 0.5 } as const;

/** Bars of one symbol at these prices, each bar's open and close. */
function tape(prices: readonly (readonly [open: number, close: number])[], more: Partial<AlignedBars> = {}): AlignedBars {
  const base = noiseBars({ sessions: 1, barsPerSession: prices.length, seed: 1, assets: 1 });
  const open = Float64Array.from(prices, ([price]) => price);
  const close = Float64Array.from(prices, ([, price]) => price);
  return { ...base, symbols: ['MNQ'], bars: [{ open, high: open, low: close, close, volume: close }], ...more };
}

function account(bars: AlignedBars, environment: object, capital = 10_000) {
  const config = environmentOptions.parse({
    sizing: 'margin',
    maxDrawdown: 1,
    costs: slippage,
    instruments: { MNQ: terms },
    ...environment,
  });
  const rules = tradingRules(bars, config);
  const a = createAccounts(1, bars.bars.length, { latencyBars: config.latencyBars, inUnits: true });
  openAccount(a, 0, capital);
  const step = (row: number, action: number, closes = false) => advance(a, 0, row, Float64Array.of(action), closes, rules);
  return { a, rules, units: rules.units!, step };
}

const level = Array.from({ length: 8 }, () => [20_000, 20_000] as const);

test('halves are rounded away from zero', () => {
  expect([0.5, -0.5, 1.5, -1.5, 2.49999, -0.2, 0.49999999999999994].map(roundHalfAway)).toEqual([1, -1, 2, -2, 2, 0, 0]);
  expect(Object.is(roundHalfAway(-0.2), 0)).toBe(true);
});

describe('sizing', () => {
  test('by exposure is the whole number nearest to the weight, at the NAV and close of the decision', () => {
    const { a, rules, units, step } = account(tape(level), {
      sizing: 'exposure',
      grossExposure: 4,
      costs: { transactionBp: 0, impactBp: 0 },
    });
    expect(fullUnits(a, 0, 0, 0, rules, units)).toBe(1);
    const held = [0.8, 0.124, -0.5, 0.5, -0.49].map((action, row) => {
      step(row, action);
      return a.shares[0];
    });
    expect(held).toEqual([1, 0, -1, 1, 0]);
  });

  test('by exposure is limited by the margin and by the largest position', () => {
    const rich = account(tape(level), { sizing: 'exposure', grossExposure: 20, marginUse: 0.5 }, 40_000);
    rich.step(0, 1);
    // The weight is worth 20 contracts; half of 40,000 is the margin of 8.
    expect(rich.a.shares[0]).toBe(8);
    const bounded = account(
      tape(level),
      { sizing: 'exposure', grossExposure: 20, instruments: { MNQ: { ...terms, maxUnits: 1 } } },
      40_000,
    );
    bounded.step(0, -1);
    expect(bounded.a.shares[0]).toBe(-1);
  });

  test('with weights today an account of 10,000 never held a contract', () => {
    const { a, step } = account(tape(level), { sizing: 'exposure', grossExposure: 0.5 });
    for (let row = 0; row < 7; row++) {
      step(row, 1);
      expect(a.shares[0]).toBe(0);
    }
  });

  test('in the dead band what is held stays, unless it is more than is allowed', () => {
    const { a, step } = account(tape(level), { deadBand: 0.6, instruments: { MNQ: { ...terms, maxUnits: 3 } } });
    const held = [1, 0.85, 0.7, -0.1, 0.1].map((action, row) => {
      step(row, action);
      return a.shares[0];
    });
    // 3; 2.55 and 2.1 of 3 (the second is outside of the band); -0.3; 0.3 is inside of the band around 0.
    expect(held).toEqual([3, 3, 2, 0, 0]);
  });

  test('fractional units are not rounded', () => {
    const { a, step } = account(tape(level), { instruments: { MNQ: { ...terms, fractional: true } } });
    step(0, 0.5);
    expect(a.shares[0]).toBeCloseTo((0.5 * 9_000) / 2_500, 12);
  });

  test('several assets share the margin evenly', () => {
    const bars = noiseBars({ sessions: 1, barsPerSession: 4, seed: 1, assets: 3 });
    const each = { ...terms, initialMargin: 1_000, maintenanceMargin: 900 };
    const { a, units } = account(bars, { marginUse: 1, instruments: { AAA: each, BBB: { ...each, initialMargin: 3_000 }, CCC: each } });
    expect([0, 1, 2].map((k) => unitLimit(units, k, a.nav[0]!))).toEqual([3, 1, 3]);
  });
});

describe('margin', () => {
  const fall = [
    [20_000, 20_000],
    [20_000, 20_000],
    [20_000, 18_500],
    [18_400, 18_500],
    [18_500, 18_500],
    [18_500, 18_500],
  ] as const;

  test('below the maintenance margin at the end of a bar everything is closed at the next open, and counted', () => {
    const { a, step } = account(tape(fall), {}, 5_200);
    step(0, 1);
    expect(step(1, 1)).toBe(false);
    expect([a.shares[0], a.marginCall[0], a.marginCalls[0]]).toEqual([1, 1, 1]);
    step(2, 1);
    // Sold at 18,400 whatever the action says.
    expect([a.shares[0], a.marginCall[0], a.marginCalls[0]]).toEqual([0, 0, 1]);
    expect(a.nav[0]).toBeCloseTo(5_200 - 2 * (20_000 - 18_400) - 2 * 0.87, 8);
  });

  test('a call closes more than the margin of the rest would: not down to what is allowed, but everything', () => {
    const steep = [
      [20_000, 20_000],
      [20_000, 19_200],
      [19_200, 19_200],
      [19_200, 19_200],
    ] as const;
    const { a, units, step } = account(tape(steep), { marginUse: 1 }, 10_100);
    step(0, 1);
    expect(a.nav[0]).toBeLessThan(4 * 2_250);
    expect(unitLimit(units, 0, a.nav[0]!)).toBeGreaterThan(0);
    step(1, 1);
    expect(a.shares[0]).toBe(0);
    step(2, 1);
    expect(a.shares[0]).toBeGreaterThan(0);
  });

  test('an account without anything left ends its episode and holds nothing', () => {
    const crash = [
      [20_000, 20_000],
      [20_000, 17_000],
      [17_000, 17_000],
      [17_000, 17_000],
    ] as const;
    const { a, step } = account(tape(crash), {}, 5_200);
    expect(step(0, 1)).toBe(true);
    expect(a.nav[0]).toBeLessThan(0);
    expect(a.shares[0]).toBe(0);
    step(1, 1);
    expect(a.shares[0]).toBe(0);
  });
});

describe('rolls', () => {
  const prices = [
    [17_600, 17_600],
    [17_600, 17_612.25],
    [17_835.5, 17_835.5],
    [17_835.5, 17_835.5],
  ] as const;
  const labels = (previousOpen: number) => [
    {
      names: ['H', 'M'],
      index: Float64Array.of(0, 0, 1, 1),
      previousOpen: Float64Array.of(Number.NaN, Number.NaN, previousOpen, Number.NaN),
    },
  ];

  test('the jump to the new contract is no return; both sides of what is held are paid', () => {
    const { a, step } = account(tape(prices, { contracts: labels(17_612.25) }), { instruments: { MNQ: { ...terms, maxUnits: 2 } } });
    step(0, 1);
    const before = a.nav[0]!;
    step(1, 1);
    expect(a.stepGain[0]).toBe(0);
    expect(a.stepCost[0]).toBeCloseTo(4 * 0.87, 10);
    expect(a.nav[0]).toBeCloseTo(before - 3.48, 8);
  });

  test('an old contract without a bar is sold at its last close', () => {
    const { a, step } = account(tape(prices, { contracts: labels(Number.NaN) }), {});
    step(0, 1);
    step(1, 1);
    expect(a.stepGain[0]).toBe(0);
  });

  test('nothing is paid where nothing is held', () => {
    const { a, step } = account(tape(prices, { contracts: labels(17_612.25) }), {});
    step(0, 0);
    step(1, 0);
    expect(a.nav[0]).toBe(10_000);
  });
});

describe('latency', () => {
  test('orders are filled k bars later than at the next open, and end where everything is closed', () => {
    const { a, step } = account(tape(level), { latencyBars: 2, instruments: { MNQ: { ...terms, maxUnits: 3 } } });
    const held: number[] = [];
    for (const [row, action] of [1, -1, 0, 0, 1, 1, 1].entries()) {
      step(row, action, row === 4);
      held.push(a.shares[0]!);
    }
    // The orders of rows 3 and 4 end with the session of row 4.
    expect(held).toEqual([0, 0, 3, -3, 0, 0, 0]);
  });

  test('without it and with it the same actions shifted by k bars give the same account', () => {
    const bars = noiseBars({ sessions: 1, barsPerSession: 60, seed: 4, assets: 1 });
    const environment = { instruments: { AAA: { ...terms, multiplier: 20, maxUnits: 3 } } };
    const late = account(bars, { ...environment, latencyBars: 3 });
    const prompt = account(bars, environment);
    const rng = createRng('latency');
    const actions = Array.from({ length: 59 }, () => 2 * rng.uniform() - 1);
    for (let row = 0; row < 59; row++) {
      late.step(row, actions[row]!);
      prompt.step(row, row < 3 ? 0 : actions[row - 3]!);
      expect(late.a.nav[0]).toBe(prompt.a.nav[0]);
    }
  });
});

test('the cost model spread charges the fee and half of the spread of the bar of the fill', () => {
  const columns = [{ spread: Float64Array.of(1, 1, 3, 2, 1, 1, 1, 1) }];
  const { a, step } = account(tape(level, { columns }), { costs: { model: 'spread' } });
  step(0, 0.3);
  expect(a.stepCost[0]).toBeCloseTo(0.62 + 0.5 * 0.5, 10);
  step(1, 0);
  expect(a.stepCost[0]).toBeCloseTo(0.62 + 1.5 * 0.5, 10);
  step(2, 0.3, true);
  // Bought and sold in the bar with a spread of two ticks.
  expect(a.stepCost[0]).toBeCloseTo(2 * (0.62 + 1 * 0.5), 10);
});

test('shares are paid for: cash and the value of what is held make up NAV, also in whole shares', () => {
  const shares = { unit: 'share', feePerSide: 0.01, tick: 0.01 };
  const { a, step } = account(tape(level), { sizing: 'exposure', grossExposure: 1, instruments: { MNQ: { ...shares, multiplier: 0.01 } } });
  step(0, 1);
  expect(a.shares[0]).toBe(50);
  expect(a.cash[0]).toBeCloseTo(10_000 - 50 * 200 - 50 * (0.01 + 0.5 * 0.01 * 0.01), 8);
  step(1, 0);
  expect(a.cash[0]).toBe(a.nav[0]);
});

describe('an asset without a bar of its own', () => {
  const ages = (...values: number[]) => [{ barAge: Float64Array.from(values) }];

  test('keeps what is held until its next bar, whose open fills what is wanted then', () => {
    const { a, step } = account(tape(level, { columns: ages(0, 0, 1, 2, 0, 0, 0, 0) }), {});
    const held = [0.3, 1, -1, -1, 0].map((action, row) => {
      step(row, action);
      return [a.shares[0], a.stepTraded[0]];
    });
    // Of three contracts at most: one, kept over the bars 2 and 3, then three short, then none.
    expect(held).toEqual([
      [1, 40_000],
      [1, 0],
      [1, 0],
      [-3, 160_000],
      [0, 120_000],
    ]);
  });

  test('is closed at its last price with its session', () => {
    const { a, step } = account(tape(level, { columns: ages(0, 0, 1, 1, 1, 1, 1, 1) }), {});
    step(0, 1);
    step(1, 1, true);
    expect(a.shares[0]).toBe(0);
  });

  test('holds fractional shares in the same way', () => {
    const prices = [100, 100, 100, 110, 110, 110].map((price) => [price, price] as const);
    const bars = { ...tape(prices, { columns: ages(0, 0, 1, 0, 0, 0) }), symbols: ['A'] };
    const rules = tradingRules(bars, environmentOptions.parse({ costs: { transactionBp: 0, impactBp: 0 }, grossExposure: 1 }));
    const a = createAccounts(1, 1);
    openAccount(a, 0, 1000);
    const held = [0.5, -1, -1].map((action, row) => {
      advance(a, 0, row, Float64Array.of(action), false, rules);
      return a.shares[0];
    });
    expect(held.slice(0, 2)).toEqual([5, 5]);
    expect(held[2]).toBeCloseTo(-1050 / 110, 12);
  });
});
