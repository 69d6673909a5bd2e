import { expect, test } from 'vitest';
import { marketOf, noiseBars } from '../../../tests/fixtures/noise-market.ts';
import { backtest } from '../env/backtest.ts';
import { environmentDefaults } from '../env/options.ts';
import { backtestMetrics, datedReturns, evaluationOf, noObjective, objectiveValue } from './fold-metrics.ts';

const market = marketOf(noiseBars({ sessions: 4, barsPerSession: 20, seed: 1 }));
const measure = { environment: environmentDefaults, calendar: market.bars.calendar, leastActiveShare: 0.2 };
const result = (action: number) => backtest(market, { from: 0, to: 4 }, environmentDefaults, (_, actions) => void actions.fill(action));

test('a flat account has the objective 0, and so have its ratios', async () => {
  const flat = await result(0);
  expect(objectiveValue(flat, 0.2)).toBe(0);
  expect(backtestMetrics(flat, measure)).toMatchObject({
    sharpeDaily: 0,
    sharpeAnnual: 0,
    sortinoAnnual: 0,
    winRateDaily: Number.NaN,
    daysTraded: 0,
    activeDays: 0,
    totalReturn: 0,
    maxDrawdown: 0,
    turnover: 0,
    costs: 0,
    exposure: 0,
  });
});

test('a trading account is measured net: turnover per year, costs as a fraction, friction as charged', async () => {
  const long = await result(1);
  const { metrics, friction } = evaluationOf(long, measure);
  expect(objectiveValue(long, 0.2)).toBe(metrics['sharpeDaily']);
  expect(metrics).toMatchObject({ daysTraded: 4, activeDays: 4, sessions: 4, leastActiveShare: 0.2 });
  // Half the account bought and sold each session: about once its value a day.
  expect(metrics['turnover']).toBeGreaterThan(250);
  expect(metrics['turnover']).toBeLessThan(262);
  expect(friction.paid / 100_000).toBeCloseTo(metrics['costs']!, 12);
  expect(metrics['exposure']).toBe(1);
});

test('a yearly return is compounded from 60 sessions on, and absent below, where a few good days would promise too much', async () => {
  const long = await result(1);
  const metricsOf = (sessions: number) =>
    backtestMetrics({ ...long, dailyReturns: Array.from({ length: sessions }, (_, day) => 0.001 + 0.0001 * (day % 3)) }, measure);
  expect(metricsOf(63)['annualReturn']).toBeCloseTo(
    (1.001 * 1.0011 * 1.0012) ** ((21 * market.bars.calendar.sessionsPerYear) / 63) - 1,
    10,
  );
  expect(metricsOf(60)).toHaveProperty('annualReturn');
  expect(metricsOf(59)).not.toHaveProperty('annualReturn');
});

test('has no objective on a single session: NaN fails the trial instead of counting as not trading', async () => {
  const long = await result(1);
  expect(objectiveValue({ dailyReturns: long.dailyReturns.slice(0, 1) }, 0.2)).toBeNaN();
});

test('has no objective if its sessions have one or two distinct returns: a ratio over no variation would beat every trial', async () => {
  for (const dailyReturns of [Array<number>(60).fill(0.001), Array<number>(60).fill(0.0007), [0.01, 0.01, 0.01, 0], [-0.01, 0.02]])
    expect(objectiveValue({ dailyReturns }, 0.2)).toBeNaN();
});

test('a few active days do not score: their ratio says how few they are, +-1 / sqrt(8) for one of eight', () => {
  const only = (...returns: number[]) => [...returns, ...new Array<number>(8 - returns.length).fill(0)];
  for (const dailyReturns of [only(0.02), only(1e-7), only(-0.02), only(0.01, 0.02), only(-0.01, -0.02)])
    expect(objectiveValue({ dailyReturns }, 0.2)).toBe(0);
  expect(objectiveValue({ dailyReturns: only(0.01, 0.02, -0.01) }, 0.2)).toBeCloseTo(0.282, 4);
  // The floor is a setting: half of eight sessions are four.
  expect(objectiveValue({ dailyReturns: only(0.01, 0.02, -0.01) }, 0.5)).toBe(0);
  expect(objectiveValue({ dailyReturns: only(-0.01, -0.02, 0.01, -0.01) }, 0.5)).toBeLessThan(-0.4);
});

test('below the floor all ratios of an account are 0, and its returns stay what they are', async () => {
  const long = await result(1);
  const dailyReturns = long.dailyReturns.map((r, day) => (day === 1 ? r : 0));
  expect(backtestMetrics({ ...long, dailyReturns }, measure)).toMatchObject({
    sharpeDaily: 0,
    sharpeAnnual: 0,
    sortinoAnnual: 0,
    activeDays: 1,
    daysTraded: 4,
    totalReturn: backtestMetrics(long, measure)['totalReturn'],
  });
});

test('daily returns have the trading dates of their sessions', async () => {
  const long = await backtest(market, { from: 1, to: 4 }, environmentDefaults, (_, actions) => void actions.fill(1));
  const dates = market.bars.time.filter((_, row) => row % 20 === 0).slice(1);
  expect(datedReturns(long, market.bars)).toEqual({
    days: Array.from(dates, (time) => new Date(time).toISOString().slice(0, 10)),
    returns: long.dailyReturns,
  });
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
