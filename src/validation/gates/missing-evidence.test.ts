import { expect, test } from 'vitest';
import type { GateRules } from './index.ts';
import { missingEvidence } from './missing-evidence.ts';

const rules: GateRules = {
  minimumSeeds: 3,
  steps: 20_000,
  minimumReturn: 0.01,
  maximumDrawdown: 0.02,
  friction: { transactionBp: 1, impactBp: 0.5, slippageTicks: 0.5 },
  shaping: { maximumShare: 0.5, minimumCorrelation: 0.2 },
  deflatedSharpe: { minimum: 0.95, minimumDays: 60 },
};

test('says what the gates ask for beyond what there will be, each with both numbers', () => {
  expect(missingEvidence(rules, { steps: 7800, days: 20, seeds: 3 })).toEqual([
    '7,800 of 20,000 out-of-sample steps',
    '20 of 60 out-of-sample days',
  ]);
  expect(missingEvidence(rules, { steps: 20_000, days: 60, seeds: 2 })).toEqual(['2 of 3 seeds']);
  expect(missingEvidence(rules, { steps: 20_000, days: 60, seeds: 3 })).toEqual([]);
});
