import { beforeAll, describe, expect, test } from 'vitest';
import { bars, contextOf, table, task } from '../../../tests/fixtures/trading-task.ts';
import { type PolicyChecks, walkedStresses } from '../../search/study/checks.ts';
import type { FoldEvaluation, FoldWindow } from '../../search/study/walk-forward.ts';
import { type AccountPolicy, backtest } from '../env/backtest.ts';
import { decisionsOf, type Market, rowsOf, type SessionRange } from '../env/market.ts';
import { type EnvironmentConfig, environmentDefaults } from '../env/options.ts';
import { normalisedMarket, rawMarket } from '../task/market-data.ts';
import { sessionsOf } from '../task/session-plan.ts';
import { checkedRows } from './features.ts';
import { checkPolicies, type Walk } from './policy.ts';

const rows = 4;
const checks = task.walkForward.checks!;
const dataset = () => Promise.resolve(table);
const context = { dataset, signal: new AbortController().signal };

let fold: FoldWindow;
let evaluation: FoldEvaluation & { readonly policy: Uint8Array };

beforeAll(async () => {
  fold = (await task.walkForward.plan({ dataset }))[0]!;
  evaluation = await task.walkForward.evaluate({ ...contextOf(), seed: 1 }, fold);
});

const savedAs = ({ policy, stepReturns, dailyReturns }: typeof evaluation) => ({ seed: 1, bytes: policy, stepReturns, dailyReturns });

describe('a saved policy of our own', () => {
  test('looks at nothing later, gives the stored returns again, and has a return for every session under each stress', async () => {
    const saved = savedAs(evaluation);
    const [checked, twin] = await checks.policies(context, fold, { rows, policies: [saved, { ...saved, seed: 2 }] });
    expect(checked).toMatchObject({ seed: 1, differsAt: null });
    // Two policies share the rows.
    for (const { cut, noise } of [checked!, twin!])
      expect([cut, noise]).toEqual([
        { rows: rows / 2, changed: 0, first: null },
        { rows: rows / 2, changed: 0, first: null },
      ]);
    expect(twin).toEqual({ ...checked, seed: 2 });
    expect(Object.keys(checked!.stress)).toEqual([...walkedStresses]);
    for (const kind of walkedStresses) {
      expect(checked!.stress[kind]).toHaveLength(evaluation.dailyReturns.length);
      expect(checked!.stress[kind]).not.toEqual(evaluation.dailyReturns);
    }
    // It trades, and each cost more leaves less.
    const total = (returns: readonly number[]) => returns.reduce((sum, r) => sum + r, 0);
    expect(total(checked!.stress['half-volume'])).toBeLessThan(total(evaluation.dailyReturns));
    expect(total(checked!.stress['costs-x2'])).toBeLessThan(total(checked!.stress['half-volume']));
  });

  test('whose stored returns are not those that it walks is found, at the first step', async () => {
    const stepReturns = evaluation.stepReturns.map((r, step) => (step < 100 ? r : r + 1e-9));
    const [checked] = await checks.policies(context, fold, { rows: 1, policies: [{ ...savedAs(evaluation), stepReturns }] });
    expect(checked!.differsAt).toBe(100);
    expect(checked!.largestDifference).toBeCloseTo(1e-9, 15);
  });

  test.each([
    ['a better last session, all else as it was', (daily: readonly number[]) => daily.with(-1, daily.at(-1)! + 1e-9), 'last'],
    ['the same sessions in another order', (daily: readonly number[]) => daily.with(0, daily[1]!).with(1, daily[0]!), 'first'],
    ['a session more than it walked', (daily: readonly number[]) => [...daily, 0.01], 'none'],
  ])('whose stored daily returns alone are not those that it walks is found: %s', async (_, told, place) => {
    const { dailyReturns, stepReturns } = evaluation;
    const policies = [{ ...savedAs(evaluation), dailyReturns: told(dailyReturns) }];
    const [checked] = await checks.policies(context, fold, { rows: 1, policies });
    const perSession = stepReturns.length / dailyReturns.length;
    expect(checked!.differsAt).toBe({ first: 0, last: stepReturns.length - perSession, none: stepReturns.length }[place]);
  });

  test('features of the study on its data pass', async () => {
    expect(await checks.features(context, fold, 2)).toEqual({ rows: 2 + 4, changed: 0, first: null });
  });
});

/** Checks a walk that stands for any policy: what a look-ahead in features, policy or environment would do. */
async function checkWalk(walk: (market: Market, range: SessionRange, under: EnvironmentConfig) => ReturnType<Walk>): Promise<PolicyChecks> {
  const raw = rawMarket(table, 'dual-ticker@2');
  const {
    train,
    test: [tested],
  } = sessionsOf(fold, bars);
  const market = normalisedMarket(raw, train).unnormalised;
  const place = { training: train.map((range) => rowsOf(bars, range)), tested: rowsOf(bars, tested!) };
  const tried = checkedRows(raw, { ...place, count: 8, seed: 'test' });
  const saved = { seed: 1, bytes: new Uint8Array(), stepReturns: new Float64Array(), dailyReturns: [] };
  const checked = await checkPolicies(
    { market, test: tested!, environment: environmentDefaults, rows: tried, seed: 'test' },
    [saved],
    (_, on, range, under) => walk(on, range, under),
  );
  return checked[0]!;
}

/** Follows the last move of each price that it is allowed to see, `ahead` bars from its decision. */
function following(market: Market, range: SessionRange, ahead: number): AccountPolicy {
  const decided = decisionsOf(market, range).rows;
  let step = 0;
  return (_, actions) => {
    const row = decided[step++]! + ahead;
    market.bars.bars.forEach(({ close }, k) => {
      actions[k] = Math.tanh(500 * ((close[row] ?? close[row - 1]!) / close[row - 1]! - 1));
    });
  };
}

describe('the prefix test of actions and fills', () => {
  test('passes a rule that follows the last bar', async () => {
    const { cut, noise } = await checkWalk((market, range, under) => backtest(market, range, under, following(market, range, 0)));
    expect([cut.changed, noise.changed]).toEqual([0, 0]);
  });

  test('finds an action that knows the next bar, in both ways, in the first rows that show it', async () => {
    const { cut, noise } = await checkWalk((market, range, under) => backtest(market, range, under, following(market, range, 1)));
    expect(noise.changed).toBeGreaterThan(4);
    expect(noise.first).toMatchObject({ what: 'action', name: expect.stringMatching(/^(NVDA|MSFT)$/) });
    // At the last bar before the cut no decision is made: two bars ahead are needed to show there.
    expect(cut.changed).toBe(0);
    const further = await checkWalk((market, range, under) => backtest(market, range, under, following(market, range, 2)));
    expect(further.cut.changed).toBeGreaterThan(4);
    expect(further.cut.first?.what).toBe('action');
  });

  test('finds fills at prices of a later bar, whatever the actions', async () => {
    const late = (market: Market): Market => ({
      ...market,
      bars: {
        ...market.bars,
        bars: market.bars.bars.map((one) => ({ ...one, open: one.open.map((price, row) => one.low[row + 2] ?? price) })),
      },
    });
    const { noise } = await checkWalk((market, range, under) => backtest(late(market), range, under, following(market, range, 0)));
    expect(noise.changed).toBeGreaterThan(4);
    expect(noise.first?.what).toBe('fill');
  });
});
