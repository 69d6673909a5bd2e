import { expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { backtest } from '../env/backtest.ts';
import { environmentDefaults } from '../env/options.ts';
import { backtestMetrics, evaluationOf, noObjective, objectiveValue } from './fold-metrics.ts';

const market = marketOf(noiseBars({ sessions: 4, barsPerSession: 20, seed: 1 }));
const result = (action: number) => backtest(market, { from: 0, to: 4 }, environmentDefaults, (_, actions) => void actions.fill(action));

test('a flat account has the objective 0, and NaN for metrics that are undefined', async () => {
  const flat = await result(0);
  expect(objectiveValue(flat)).toBe(0);
  expect(backtestMetrics(flat, environmentDefaults, market.bars.calendar)).toMatchObject({
    sharpeDaily: Number.NaN,
    totalReturn: 0,
    maxDrawdown: 0,
    turnover: 0,
    costs: 0,
    exposure: 0,
  });
});

test('a trading account is measured net: turnover per year, costs as a fraction, friction as charged', async () => {
  const long = await result(1);
  const { metrics, friction } = evaluationOf(long, environmentDefaults, market.bars.calendar);
  expect(objectiveValue(long)).toBe(metrics['sharpeDaily']);
  // Half the account bought and sold each session: about once its value a day.
  expect(metrics['turnover']).toBeGreaterThan(250);
  expect(metrics['turnover']).toBeLessThan(262);
  expect(friction.paid / 100_000).toBeCloseTo(metrics['costs']!, 12);
  expect(metrics['exposure']).toBe(1);
});

test('a yearly return is compounded from 60 sessions on, and absent below, where a few good days would promise too much', async () => {
  const long = await result(1);
  const metricsOf = (sessions: number) =>
    backtestMetrics(
      { ...long, dailyReturns: Array.from({ length: sessions }, (_, day) => 0.001 + 0.0001 * (day % 3)) },
      environmentDefaults,
      market.bars.calendar,
    );
  expect(metricsOf(63)['annualReturn']).toBeCloseTo(
    (1.001 * 1.0011 * 1.0012) ** ((21 * market.bars.calendar.sessionsPerYear) / 63) - 1,
    10,
  );
  expect(metricsOf(60)).toHaveProperty('annualReturn');
  expect(metricsOf(59)).not.toHaveProperty('annualReturn');
});

test('has no objective on a single session: NaN fails the trial instead of counting as not trading', async () => {
  const long = await result(1);
  expect(objectiveValue({ ...long, dailyReturns: long.dailyReturns.slice(0, 1) })).toBeNaN();
});

test('has no objective if its sessions have one or two distinct returns: a ratio over no variation would beat every trial', async () => {
  const long = await result(1);
  for (const dailyReturns of [Array<number>(60).fill(0.001), Array<number>(60).fill(0.0007), [0.01, 0, 0, 0], [-0.01, 0.02]])
    expect(objectiveValue({ ...long, dailyReturns })).toBeNaN();
});

test('an account that traded too rarely for a ratio is told on how many sessions it did, and what to do', async () => {
  const { traded, sessions, dailyReturns } = await result(1);
  const rarely = traded.map((value, step) => (sessions[step] === 2 ? value : 0));
  expect(noObjective({ traded: rarely, sessions, dailyReturns })).toMatchObject({
    code: 'not_finite',
    message: 'traded on 1 of 4 sessions: a daily Sharpe ratio needs returns that vary, at least 3 different ones',
    hint: expect.stringContaining('innerSessions') as string,
  });
});
