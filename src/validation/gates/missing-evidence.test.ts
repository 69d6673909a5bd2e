import { expect, test } from 'vitest';
import { loadGatePolicy } from '../../trading/config/load.ts';
import { missingEvidence } from './missing-evidence.ts';

const [policy, sprint] = [loadGatePolicy('default'), loadGatePolicy('dual-ticker')];

test('says what the gates ask for beyond what there will be, each with both numbers', () => {
  expect(missingEvidence(policy, { steps: 7800, days: 20, seeds: 3, folds: 2 })).toEqual(['20 of 60 out-of-sample days', '2 of 4 folds']);
  expect(missingEvidence(policy, { steps: 100, days: 60, seeds: 2 })).toEqual(['2 of 3 seeds']);
  expect(missingEvidence(policy, { steps: 100, days: 60, seeds: 3, folds: 4 })).toEqual([]);
  expect(missingEvidence(sprint, { steps: 7800, days: 20, seeds: 3 })).toEqual(['7,800 of 20,000 out-of-sample steps']);
  expect(missingEvidence(sprint, { steps: 20_000, days: 1, seeds: 3, folds: 1 })).toEqual([]);
});

test('a gate that only warns requires nothing', () => {
  const warned = { gates: { ...policy.gates, days: { severity: 'warn', minimumDays: 60 } } } as const;
  expect(missingEvidence(warned, { steps: 1, days: 20, seeds: 3 })).toEqual([]);
});
