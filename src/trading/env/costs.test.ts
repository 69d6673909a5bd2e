import { expect, test } from 'vitest';
import { impactedValue, transactionCost } from './costs.ts';

test.each([
  { value: 0, fee: 0, impact: 0 },
  { value: 1_000, fee: 0.1, impact: 0.0005 },
  { value: 10_000, fee: 1, impact: 0.05 },
  { value: 50_000, fee: 5, impact: 1.25 },
  { value: 100_000, fee: 10, impact: 5 },
  { value: 200_000, fee: 20, impact: 10 },
])('trading $value costs a fee of $fee and an impact of $impact', ({ value, fee, impact }) => {
  expect(transactionCost(value, 1)).toBeCloseTo(fee, 10);
  expect((impactedValue(value) * 0.5) / 10_000).toBeCloseTo(impact, 10);
});
