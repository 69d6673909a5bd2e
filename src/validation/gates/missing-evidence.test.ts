import { expect, test } from 'vitest';
import { gateDefaults } from './index.ts';
import { missingEvidence } from './missing-evidence.ts';

test('says what the gates ask for beyond what there will be, each with both numbers', () => {
  expect(missingEvidence(gateDefaults, { steps: 7800, days: 20, seeds: 3 })).toEqual([
    '7,800 of 20,000 out-of-sample steps',
    '20 of 60 out-of-sample days',
  ]);
  expect(missingEvidence(gateDefaults, { steps: 20_000, days: 60, seeds: 2 })).toEqual(['2 of 3 seeds']);
  expect(missingEvidence(gateDefaults, { steps: 20_000, days: 60, seeds: 3 })).toEqual([]);
});
