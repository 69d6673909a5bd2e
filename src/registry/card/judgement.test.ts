import { expect, test } from 'vitest';
import { fold, unjudged } from '../../../tests/fixtures/gate-evidence.ts';
import { sharpe } from '../../validation/metrics.ts';
import { seedSection } from './judgement.ts';

test('the annual ratio is that of the calendar that the evaluations are of', () => {
  const dailyReturns = [0.002, -0.001, -0.0003, 0.004];
  const shown = (metrics: Record<string, number>) =>
    seedSection({ ...unjudged, seeds: [{ seed: 1, folds: [fold({ dailyReturns, metrics })] }] }).text;
  const annual = (sessions: number) => `<td>${(sharpe(dailyReturns) * Math.sqrt(sessions)).toFixed(2)}</td>`;
  expect(shown({})).toContain(annual(252));
  expect(shown({ sessionsPerYear: 365 })).toContain(annual(365));
});
