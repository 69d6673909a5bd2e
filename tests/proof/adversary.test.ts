import { beforeAll, describe, expect, test } from 'vitest';
import { defineFeatureSet } from '../../src/features/own-set.ts';
import { vaultOf, withoutVault } from '../../src/market/store/withhold.ts';
import { completed } from '../../src/runner/thread/completed.ts';
import type { FoldEvaluation, FoldWindow, WalkForward } from '../../src/search/study/walk-forward.ts';
import { backtest } from '../../src/trading/env/backtest.ts';
import { rowsOf } from '../../src/trading/env/market.ts';
import { environmentDefaults } from '../../src/trading/env/options.ts';
import { normalisedMarket, rawMarket } from '../../src/trading/task/market-data.ts';
import { sessionsOf } from '../../src/trading/task/session-plan.ts';
import { tradingTask } from '../../src/trading/task/task.ts';
import { evaluatePolicy } from '../../src/trading/task/walk-forward.ts';
import { assembleChecks } from '../../src/validation/checks/assemble.ts';
import type { CheckEvidence } from '../../src/validation/gates/checks-evidence.ts';
import type { Evidence } from '../../src/validation/gates/gate.ts';
import { goodEvidence } from '../fixtures/good-evidence.ts';
import { bars, contextOf, options, type Params, table, task } from '../fixtures/trading-task.ts';
import { refusals, resultOf } from './refusals.ts';

/**
 * Studies that cheat, one cheat each, everything else as good as evidence can be: what refuses it is the gate or the error that is meant for
 * it. Cheats that need a database are in adversary-records.test.ts.
 */
type Evaluation = FoldEvaluation & { readonly policy: Uint8Array };

const dataset = () => Promise.resolve(table);
const context = { ...contextOf(), seed: 1 };
/** Rows of features, so that with two more for what is learnt no policy needs to be walked over many. */
const rows = 20;

let fold: FoldWindow;
let honest: Evaluation;
beforeAll(async () => {
  fold = (await task.walkForward.plan({ dataset }))[0]!;
  honest = await task.walkForward.evaluate(context, fold);
});

/** What the platform's checks say of a study and of an evaluation that it told. */
async function checksOf({ checks }: WalkForward<Params>, told: Evaluation): Promise<CheckEvidence | null> {
  if (checks === undefined) return assembleChecks({ data: null, features: new Map(), policies: [] }, [{ seed: 1, folds: [told] }], [0]);
  const saved = { seed: 1, bytes: told.policy, stepReturns: told.stepReturns, dailyReturns: told.dailyReturns };
  const features = await checks.features(context, fold, rows);
  const policies = await checks.policies(context, fold, { rows: 1, policies: [saved] });
  return assembleChecks(
    { data: await checks.data(context), features: new Map([[0, features]]), policies: policies.map((one) => ({ ...one, fold: 0 })) },
    [{ seed: 1, folds: [told] }],
    [0],
  );
}

/** Good evidence with what was checked of the features and the saved policies of this study. */
async function checkedEvidence(walkForward: WalkForward<Params>, told: Evaluation): Promise<Evidence> {
  const found = await checksOf(walkForward, told);
  if (found === null) return { ...goodEvidence, checks: null };
  const { lookAhead, causal, deterministic } = found;
  return { ...goodEvidence, checks: { ...goodEvidence.checks!, lookAhead, causal, deterministic } };
}

/** Good evidence with one of its folds as a study told it: of every seed, or of one. */
function withFold(told: (good: FoldEvaluation) => FoldEvaluation, seeds: readonly number[] = [1, 2, 3]): Evidence {
  return {
    ...goodEvidence,
    seeds: goodEvidence.seeds.map((one) =>
      seeds.includes(one.seed) ? { ...one, folds: one.folds.map((good, i) => (i === 2 ? told(good) : good)) } : one,
    ),
  };
}

test('an honest study is refused by nothing', async () => {
  expect(refusals(await checkedEvidence(task.walkForward, honest))).toEqual([]);
});

describe('features that know what they cannot', () => {
  /** A task with one feature of a symbol, made of what a set has learnt, the row and the close. */
  const taskWith = (
    id: string,
    learn: (closes: Float64Array) => readonly number[],
    value: (fitted: readonly number[], row: number, close: number) => number,
  ) =>
    tradingTask<Params>({
      ...options,
      features: defineFeatureSet({
        id,
        features: ['own'],
        // Gets all bars, and is trusted to read the training rows alone.
        fit: ({ bars: [first] }) => [...learn(first!.close)],
        start: ({ symbols, memory }, fitted) => {
          const row = memory.counts(1);
          return {
            push: (bar, out) => {
              for (let k = 0; k < symbols.length; k++) out[k] = value(fitted as readonly number[], row[0]!, bar.close[k]!);
              row[0]!++;
            },
          };
        },
      }),
    });

  test.each([
    [
      'one bar ahead',
      taskWith(
        'tomorrow@1',
        (closes) => [...closes],
        (all, row, close) => (all[row + 1] ?? close) / close - 1,
      ),
      'feature NVDA.own',
    ],
    [
      'a normaliser fitted on all data',
      taskWith(
        'scaled@1',
        (closes) => [closes.reduce((sum, close) => sum + close, 0) / closes.length],
        ([mean], _, close) => close / mean! - 1,
      ),
      'NVDA.own',
    ],
  ])('%s: look-ahead', async (_, cheating, named) => {
    const evidence = await checkedEvidence(cheating.walkForward, await cheating.walkForward.evaluate(context, fold));
    expect(refusals(evidence)).toEqual(['look-ahead']);
    expect(resultOf(evidence, 'look-ahead').because).toContain(named);
  });
});

describe('fills at prices that nobody could have', () => {
  /** Evaluates the saved policy again on a market whose opens, at which orders are filled, are other prices of the data. */
  async function filledAt(price: (asset: number, row: number) => number): Promise<Evaluation> {
    const { train, test: tested } = sessionsOf(fold, bars);
    const market = normalisedMarket(rawMarket(table, 'dual-ticker@2'), train).unnormalised;
    const opens = market.bars.bars.map((one, asset) => ({ ...one, open: one.open.map((open, row) => price(asset, row) || open) }));
    const bent = { ...market, bars: { ...market.bars, bars: opens } };
    const { stepReturns, dailyReturns } = await evaluatePolicy(honest.policy, environmentDefaults, (act) =>
      backtest(bent, tested[0]!, environmentDefaults, act),
    );
    return { ...honest, stepReturns, dailyReturns };
  }

  test.each([
    ['at the high', (asset: number, row: number) => bars.bars[asset]!.high[row]!],
    ['before the decision', (asset: number, row: number) => bars.bars[asset]!.open[row - 2]!],
  ])('%s: the saved policy, walked again, gives other returns (deterministic)', async (_, price) => {
    const told = await filledAt(price);
    expect(told.stepReturns).not.toEqual(honest.stepReturns);
    const evidence = await checkedEvidence({ ...task.walkForward, evaluate: async () => told }, told);
    expect(refusals(evidence)).toEqual(['deterministic']);
    expect(resultOf(evidence, 'deterministic').because).toContain('seed 1, fold 0');
  });

  test('and no checks that would show it: each gate that asks for one', async () => {
    const { checks: _, ...unchecked } = task.walkForward;
    expect(refusals(await checkedEvidence(unchecked, honest))).toEqual(['data-quality', 'look-ahead', 'deterministic', 'stress']);
  });
});

test('daily returns without their losses, beside honest steps: deterministic', async () => {
  const told = { ...honest, dailyReturns: honest.dailyReturns.map((one) => Math.max(one, 0)) };
  expect(told.dailyReturns).not.toEqual(honest.dailyReturns);
  const evidence = await checkedEvidence({ ...task.walkForward, evaluate: async () => told }, told);
  expect(refusals(evidence)).toEqual(['deterministic']);
});

test.each(['environment.costs.transactionBp', 'environment.costs.impactBp'])('costs off in one fold (%s): friction', async (rate) => {
  const free = await task.walkForward.vary!({ [rate]: 0 }).evaluate(context, fold);
  const evidence = withFold(
    (good) => ({ ...good, friction: free.friction, metrics: { ...good.metrics, turnover: free.metrics['turnover']! } }),
    [2],
  );
  expect(refusals(evidence)).toEqual(['friction']);
  expect(refusals(withFold((good) => ({ ...good, friction: honest.friction })))).toEqual([]);
});

describe('days without a result', () => {
  const unknownDay = (good: FoldEvaluation): FoldEvaluation => ({
    ...good,
    dailyReturns: good.dailyReturns.map((r, day) => (day === 4 ? Number.NaN : r)),
  });
  /** With the steps of the day. */
  const dropped = (good: FoldEvaluation): FoldEvaluation => {
    const perDay = good.stepReturns.length / good.dailyReturns.length;
    return {
      ...good,
      dailyReturns: good.dailyReturns.filter((_, day) => day !== 4),
      stepReturns: good.stepReturns.filter((_, step) => Math.floor(step / perDay) !== 4),
    };
  };
  const ofDays = ['folds', 'evidence', 'beats-baseline', 'stress'];

  test('kept as NaN: data_invalid, with the place', () => {
    const evidence = withFold(unknownDay, [2]);
    expect(refusals(evidence)).toEqual(expect.arrayContaining(ofDays));
    // Seeds are in ascending order, folds in a row: seed 2 is the one at 1, and two folds of 30 days come before.
    for (const gate of ofDays) expect(resultOf(evidence, gate).because).toContain('a return of NaN is no number (seed 1[64])');
  });

  test('dropped from one seed: data_invalid, as the days differ', () => {
    const evidence = withFold(dropped, [2]);
    for (const gate of ofDays) expect(resultOf(evidence, gate).because).toContain('119 returns, seed 0 has 120');
  });

  test('dropped from every seed and model: beats-baseline, whose rivals have them, and stress, whose walks have them', () => {
    const evidence = withFold(dropped);
    const withJudged = { ...evidence, judged: [{ number: 3, dailyReturns: evidence.judged[0]!.dailyReturns.slice(1) }] };
    expect(refusals(withJudged)).toEqual(['beats-baseline', 'stress']);
    const baselines = Object.fromEntries(
      Object.entries(evidence.baselines).map(([name, folds]) => [name, folds.map((one, i) => (i === 2 ? dropped(one) : one))]),
    );
    const everywhere = { ...withJudged, baselines };
    expect(refusals(everywhere)).toEqual(['stress']);
    expect(resultOf(everywhere, 'stress').because).toContain('walked again on 120 days, and evaluated on 119');
  });

  test('in the search: the trial fails with not_finite', () => {
    const dailyReturns = { days: ['2024-01-02', '2024-01-03'], returns: [0.01, Number.NaN] };
    expect(() => completed({ value: 1, metrics: {}, dailyReturns }, null)).toThrow(expect.objectContaining({ code: 'not_finite' }));
  });
});

test('the vault read: its bars are in no table that a study gets, and a test in it has no data', async () => {
  const vault = vaultOf(table, () => 2)!;
  const closed = withoutVault(table, vault);
  const { time } = closed.columns;
  expect(new Float64Array(time!.buffer).at(-1)).toBeLessThan(vault.fromMs);
  expect(closed.rows).toBe(rowsOf(bars, { from: 0, to: 10 }).to);
  const inVault = { ...fold, testStart: vault.fromMs, testEnd: vault.untilMs };
  await expect(task.walkForward.evaluate({ ...context, dataset: () => Promise.resolve(closed) }, inVault)).rejects.toMatchObject({
    code: 'data_invalid',
    hint: expect.stringContaining('sessions of a vault are not handed out') as string,
  });
});
