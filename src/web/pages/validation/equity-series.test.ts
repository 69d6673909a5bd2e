import { expect, test } from 'vitest';
import type { Equity } from '../../../api/routes/charts/equity.ts';
import type { Series } from '../../charts/marks.ts';
import { chartOf, equityTable, sharedRange } from './equity-series.ts';

const line = (subject: string, seed: number | null, equity: readonly number[], costs: readonly number[] | null = null) => ({
  subject,
  seed,
  equity,
  drawdown: equity.map(() => 0),
  costs,
  totalReturn: equity.at(-1)! - 1,
  maxDrawdown: 0,
  earlyTerminations: 0,
});

const fold = (n: number, lines: Equity['folds'][number]['lines']): Equity['folds'][number] => ({
  fold: n,
  testStart: `2024-08-0${1 + 3 * n}T13:30:00.000Z`,
  testEnd: `2024-08-0${3 + 3 * n}T20:00:00.000Z`,
  points: 2,
  dates: [`2024-08-0${1 + 3 * n}`, `2024-08-0${2 + 3 * n}`],
  index: [0, 1],
  lines,
});

const equity: Equity = {
  address: 's#1',
  steps: false,
  drawdownLimit: 0.02,
  worstSeed: 5,
  folds: [
    fold(0, [line('policy', 3, [1.1, 1.2], [0.01, 0.02]), line('policy', 5, [1, 0.9], [0, 0.05]), line('flat', null, [1, 1])]),
    fold(1, [line('policy', 3, [1, 1.5], [0, 0]), line('policy', 5, [1.1, 1], [0, 0]), line('flat', null, [1, 1])]),
  ],
};

function named(series: readonly Series[], name: string) {
  const found = series.find((one) => one.kind === 'line' && one.name.startsWith(name));
  if (found?.kind !== 'line') throw new Error(`no line ${name}`);
  return found;
}

const rounded = (numbers: readonly number[]): readonly number[] => numbers.map((y) => Number(y.toFixed(6)));

test('folds in a row are one account: the second begins where the first ended, and its drawdown runs across', () => {
  const { equity: drawn, drawdown } = chartOf(equity, equity.folds, { costs: 'net', seed: null });
  expect(rounded(named(drawn, 'seed 3').y)).toEqual([0, 0.1, 0.2, 0.2, 0.2, 0.8]);
  expect(rounded(named(drawdown, 'seed 5').y)).toEqual([0, 0, -0.1, -0.1, -0.01, -0.1]);
  expect(drawdown).toContainEqual(expect.objectContaining({ kind: 'rule', on: 'y', at: -0.02 }));
});

test('a fold by itself begins at 0', () => {
  const { equity: drawn } = chartOf(equity, equity.folds.slice(1), { costs: 'net', seed: null });
  expect(named(drawn, 'seed 3').y).toEqual([0, 0, 0.5]);
});

test('gross gives the costs back; the worst seed is thick, and shaded between both', () => {
  const { equity: drawn } = chartOf(equity, equity.folds, { costs: 'gross', seed: null });
  expect(rounded(named(drawn, 'seed 3').y.slice(0, 3))).toEqual([0, 0.11, 0.22]);
  const worst = named(drawn, 'seed 5');
  expect(worst).toMatchObject({ name: 'seed 5, the worst', width: 3 });
  expect(drawn.find(({ kind }) => kind === 'band')).toMatchObject({ high: worst.y });
  expect(chartOf(equity, equity.folds, { costs: 'net', seed: null }).equity.some(({ kind }) => kind === 'band')).toBe(false);
});

test('charts that are compared have one range, with 0 in it', () => {
  const charts = equity.folds.map((one) => chartOf(equity, [one], { costs: 'net', seed: null }));
  expect(rounded(sharedRange(charts.map((chart) => chart.equity)))).toEqual([-0.13, 0.53]);
  expect(rounded(sharedRange([]))).toEqual([0, 0]);
});

test('one seed stands beside the baselines alone, in the colour that it has among all', () => {
  const all = chartOf(equity, equity.folds, { costs: 'net', seed: null }).equity;
  const { equity: drawn } = chartOf(equity, equity.folds, { costs: 'net', seed: 5 });
  expect(drawn.filter(({ kind }) => kind === 'line').map(({ name }) => name)).toEqual(['flat', 'seed 5, the worst']);
  expect(named(drawn, 'seed 5').colour).toBe(named(all, 'seed 5').colour);
});

test('where the days are not known, points are spread over the test', () => {
  const unknown = { ...equity, folds: equity.folds.map((one) => ({ ...one, dates: null })) };
  const { x } = named(chartOf(unknown, unknown.folds, { costs: 'net', seed: 3 }).equity, 'seed 3');
  expect(x.toSorted((a, b) => a - b)).toEqual(x);
  expect(x[2]).toBe(Date.parse(equity.folds[0]!.testEnd));
});

test('the table has a row for each point of each line', () => {
  const { rows } = equityTable(equity);
  expect(rows).toHaveLength(12);
  expect(rows[0]).toEqual([0, 'policy', 3, '2024-08-01', 1.1, 0, 0.01]);
});
