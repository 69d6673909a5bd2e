import { expect, test } from 'vitest';
import { loadGatePolicy } from '../../src/trading/config/load.ts';
import { gatesOf } from '../../src/validation/gates/policy.ts';
import { mean } from '../../src/validation/moments.ts';
import { policyRates, studiesOf, vaultDays } from './policy-rates.ts';
import { searchedStudy } from './searched-study.ts';
import { usualShape } from './simulated-study.ts';

const policies = { default: gatesOf(loadGatePolicy('default')), strict: gatesOf(loadGatePolicy('strict')) };

test('studies without any edge are refused, those with a large one promoted: by the real gates of both policies', () => {
  const without = policyRates(policies, studiesOf({ ...usualShape, days: 60, edge: 0 }, 'without'), { studies: 200, judged: 200 });
  expect(without.promoted['default']).toBeLessThanOrEqual(0.01);
  expect(without.promoted['strict']).toBe(0);
  const large = policyRates(policies, studiesOf({ ...usualShape, days: 250, edge: 0.6 }, 'large'), { studies: 6, judged: 6 });
  expect(large.promoted).toEqual({ default: 1, strict: 1 });
});

test('a search over worthless points finds luck: the best-looking trial earns nothing later', () => {
  const studies = Array.from({ length: 12 }, (_, i) =>
    searchedStudy({ edge: 0, trials: 24, innerDays: 51, days: 60 + vaultDays, judged: 3, seeds: 3 }, `search ${i}`),
  );
  expect(mean(studies.map(({ bestInner }) => bestInner))).toBeGreaterThan(0.15);
  expect(studies.map(({ bestTrue }) => bestTrue)).toEqual(studies.map(() => 0));
  expect(studies.some(({ pruned }) => pruned > 0)).toBe(true);
  expect(studies.every(({ returns }) => returns.inner.length <= returns.tried && returns.judged.length === 3)).toBe(true);
  const { promoted } = policyRates(policies, (i) => studies[i]!.returns, { studies: 12, judged: 12 });
  expect(promoted).toEqual({ default: 0, strict: 0 });
});
