import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { createRng } from '../../core/rng.ts';
import { createAccounts, openAccount } from './account.ts';
import { advance } from './advance.ts';
import { environmentOptions } from './options.ts';
import { tradingRules } from './rules.ts';
import { createTradeBook, type Trade } from './trades.ts';

const future = { unit: 'contract', multiplier: 5, tick: 0.25, feePerSide: 1, initialMargin: 900, maintenanceMargin: 800 };

/** An account of one asset that takes these actions, closed at the end of the session. */
function tradesOf(actions: readonly number[], environment: object = {}): readonly Trade[] {
  const bars = noiseBars({ sessions: 1, barsPerSession: actions.length + 1, seed: 1, assets: 1 });
  const trades: Trade[] = [];
  const book = createTradeBook(1, 1, (_, trade) => void trades.push({ ...trade }));
  const config = environmentOptions.parse({ maxDrawdown: 1, ...environment });
  const rules = tradingRules(bars, config, { trades: book });
  const a = createAccounts(1, 1, { inUnits: rules.units !== null });
  openAccount(a, 0, config.capital);
  actions.forEach((action, row) => void advance(a, 0, row, Float64Array.of(action), row + 1 === actions.length, rules));
  return trades;
}

describe('a trade', () => {
  test('lasts from flat to flat, through changes of its size', () => {
    expect(tradesOf([0, 1, 0.5, 1, 0, 0]).map(({ bars }) => bars)).toEqual([3]);
  });

  test('ends where the side changes, and another begins', () => {
    expect(tradesOf([1, 1, -1, -1, -1, 0]).map(({ bars }) => bars)).toEqual([2, 3]);
  });

  test('ends with the session, after one bar if it was opened for the last one', () => {
    expect(tradesOf([0, 0, 1]).map(({ bars }) => bars)).toEqual([1]);
  });

  test('is charged with all its costs, a change of sides by the units that close and open', () => {
    const costs = { model: 'contract', slippageTicks: 0 };
    const environment = { sizing: 'margin', costs, instruments: { AAA: { ...future, maxUnits: 3, feePerSide: 1000 } } };
    const dear = tradesOf([1, -1 / 3, 0], environment);
    const free = tradesOf([1, -1 / 3, 0], { ...environment, instruments: { AAA: { ...future, maxUnits: 3, feePerSide: 0 } } });
    // Three bought; three sold and one more sold short; one bought back.
    expect(dear.map(({ netPnl }, i) => free[i]!.netPnl - netPnl)).toEqual([expect.closeTo(6000, 8), expect.closeTo(2000, 8)]);
  });
});

test('trades and the open ones together are the whole change of NAV, for any rules', () => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.nat(1e6),
        assets: fc.integer({ min: 1, max: 3 }),
        sizing: fc.constantFrom('weights', 'exposure', 'margin'),
        fee: fc.double({ min: 0, max: 5, noNaN: true }),
        latencyBars: fc.nat(2),
        hold: fc.boolean(),
        byUnit: fc.boolean(),
      }),
      ({ seed, assets, sizing, fee, latencyBars, hold, byUnit }) => {
        const rng = createRng(seed);
        const bars = noiseBars({ sessions: 4, barsPerSession: 10, seed, volatility: 0.01, assets });
        const index = Float64Array.from(bars.session, (session) => (session >= 2 ? 1 : 0));
        const labels = {
          names: ['H', 'M'],
          index,
          previousOpen: index.map((of, row) => (of !== index[row - 1] && row > 0 ? bars.bars[0]!.open[row]! * 1.02 : Number.NaN)),
        };
        const terms = { ...future, unit: sizing === 'weights' ? 'share' : 'contract', feePerSide: fee };
        const config = environmentOptions.parse({
          sizing,
          latencyBars,
          maxDrawdown: 0.05,
          costs: byUnit ? { model: 'contract', slippageTicks: fee } : { transactionBp: fee, impactBp: fee },
          instruments: Object.fromEntries(bars.symbols.map((symbol) => [symbol, terms])),
        });
        let closed = 0;
        const book = createTradeBook(1, assets, (_, { netPnl }) => {
          closed += netPnl;
        });
        const contracts = bars.symbols.map(() => (sizing === 'weights' ? null : labels));
        const rules = tradingRules({ ...bars, contracts }, config, { trades: book });
        const a = createAccounts(1, assets, { latencyBars, inUnits: rules.units !== null });
        openAccount(a, 0, config.capital);
        for (let row = 0; row + 1 < bars.time.length; row++) {
          const lastOfSession = bars.session[row + 2] !== bars.session[row + 1];
          advance(
            a,
            0,
            row,
            Float64Array.from({ length: assets }, () => 2 * rng.uniform() - 1),
            lastOfSession && !hold,
            rules,
          );
          const open = book.openPnl.reduce((total, pnl) => total + pnl, 0);
          expect(Math.abs(a.nav[0]! - (config.capital + closed + open))).toBeLessThanOrEqual(1e-9 * config.capital);
        }
      },
    ),
    { numRuns: 150, seed: 5 },
  );
});
