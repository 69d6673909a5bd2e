import { expect, test } from 'vitest';
import { goodEvidence } from '../../../tests/fixtures/good-evidence.ts';
import { overfitGate } from './overfit.ts';

const gate = overfitGate({ maximumLoss: 0.1, minimumTrials: 10, blocks: 8 });

test.each([
  { how: 'comes twice', swap: (days: readonly string[]) => [days[0]!, ...days.slice(0, -1)] },
  { how: 'comes after', swap: (days: readonly string[]) => [days[1]!, days[0]!, ...days.slice(2)] },
])('inner days of which one $how are no evidence, with their place', ({ how, swap }) => {
  const { search } = goodEvidence;
  expect(gate.check(goodEvidence).passed).toBe(true);
  const innerReturns = search.innerReturns.map((one) => ({ ...one, days: swap(one.days) }));
  const { passed, observed, because } = gate.check({ ...goodEvidence, search: { ...search, innerReturns } });
  expect([passed, observed]).toEqual([false, Number.NaN]);
  expect(because).toContain(how);
  expect(because).toMatch(/\(days of trial 0\[1\]\)$/);
});
