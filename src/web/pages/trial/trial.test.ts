import { expect, test } from 'vitest';
import { ordersForTrial, repeatCommand } from '../../parts/orders-for-trial.ts';
import { comparedParams, parameterText } from '../../parts/parameters.ts';
import { attemptSeries, curveFinding, curveTable, equityOf, returnsFinding } from './curve.ts';

test('what differs comes first, each part by name, and a parameter that one of the two lacks differs', () => {
  expect(comparedParams({ b: 1, a: 'x', c: null }, { b: 2, a: 'x', 'opt.beta': 0.9 })).toEqual([
    { name: 'b', mine: 1, other: 2, differs: true },
    { name: 'c', mine: null, other: undefined, differs: true },
    { name: 'opt.beta', mine: undefined, other: 0.9, differs: true },
    { name: 'a', mine: 'x', other: 'x', differs: false },
  ]);
  expect(comparedParams({ b: 1, a: 2 }, null).map(({ name, differs }) => [name, differs])).toEqual([
    ['a', false],
    ['b', false],
  ]);
  expect([parameterText(undefined), parameterText(null), parameterText(-0.00012346), parameterText(true)]).toEqual([
    '–',
    'null',
    '−1.235e−4',
    'true',
  ]);
});

const report = (attempt: number, step: number, value: number | null, nonFinite?: 'NaN' | 'Infinity') => ({
  ...{ attempt, step, value, metrics: { trades: step * 2 } },
  ...(nonFinite !== undefined && { nonFinite: { value: nonFinite } }),
});
const attempt = (number: number, ending: 'lost' | 'complete' | null) => ({
  ...{ attempt: number, worker: 'w', startedAt: '2026-01-01T00:00:00Z', endedAt: null, ending, resumedStep: null },
  ...{ sourceHash: null, packagesHash: null, ranOn: null },
});
const reports = [
  report(1, 1, 5),
  report(1, 2, 4),
  report(2, 1, 5),
  report(2, 2, null, 'Infinity'),
  report(2, 3, 1),
  report(2, 4, null, 'NaN'),
];
const attempts = [attempt(1, 'lost'), attempt(2, 'complete')];

test('each attempt is a line of its own: an earlier one dashed with a bar at its end', () => {
  const series = attemptSeries({ reports, attempts, state: 'complete' }, '');
  expect(series).toMatchObject([
    { name: 'attempt 1', x: [1, 2], end: 'bar' },
    { name: 'attempt 2', x: [1, 2, 3, 4], y: [5, Number.POSITIVE_INFINITY, 1, Number.NaN], dash: [] },
  ]);
  expect(series[1]).not.toHaveProperty('end');
  expect(attemptSeries({ reports: [report(1, 1, 5)], attempts: [attempt(1, null)], state: 'running' }, 'trades')).toMatchObject([
    { name: '', y: [2], end: 'open' },
  ]);
  expect(attemptSeries({ reports: [], attempts: [], state: 'queued' }, '')).toEqual([]);
});

test('the finding names the last, the lowest and the highest number', () => {
  expect(curveFinding({ reports, reportsTotal: 6, state: 'complete' }, '')).toBe(
    '6 reports over 2 attempts; the last is 1 at step 3, the lowest 1 at step 3, the highest ∞ at step 2.',
  );
  expect(curveFinding({ reports: [report(1, 1, null, 'NaN')], reportsTotal: 1, state: 'failed' }, '')).toBe(
    'One report, none with a number.',
  );
  expect(curveTable(reports)).toMatchObject({ columns: ['attempt', 'step', 'value', 'trades'] });
});

test('returns compound', () => {
  expect(equityOf({ returns: [0.1, -0.5] }).map((x) => Math.round(x * 1e6) / 1e6)).toEqual([1.1, 0.55]);
  expect(returnsFinding({ days: ['2026-01-02', '2026-01-05'], returns: [0.1, -0.5] })).toBe(
    '−45.00 % over 2 days; the worst day −50.00 %, the best 10.00 %.',
  );
  expect(returnsFinding({ days: [], returns: [] })).toBe('No day was traded.');
});

test('a trial takes the orders of its state, and the command that repeats it keeps its seed', () => {
  expect(ordersForTrial('running')).toEqual(['pause', 'cancel']);
  expect(ordersForTrial('failed')).toEqual(['retry']);
  expect(ordersForTrial('complete')).toEqual(['repeat']);
  expect(repeatCommand({ address: 's#1', state: 'failed' })).toBe('assay trial retry s#1');
  expect(repeatCommand({ address: 's#1', state: 'pruned' })).toBe('assay trial retry s#1 --same-seed');
});
