import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import { averageCorrelation } from '../../src/validation/deflated-sharpe.ts';
import { deflatedRule, evidenceRule, promotionRates } from './promotion-rates.ts';
import { simulateStudy, usualShape } from './simulated-study.ts';

const rules = { evidence: evidenceRule, deflated: deflatedRule };

/** Shares of studies that promote, simulated elsewhere with 2,000 studies each. A share near a half needs many studies to show. */
const table = [
  { days: 60, edge: 0, studies: 200, evidence: 0.004, deflated: 0 },
  { days: 60, edge: 0.1, studies: 200, evidence: 0.056, deflated: 0.002 },
  { days: 60, edge: 0.2, studies: 1500, evidence: 0.232, deflated: 0.018 },
  { days: 60, edge: 0.3, studies: 1500, evidence: 0.618, deflated: 0.11 },
  { days: 60, edge: 0.5, studies: 1500, evidence: 0.99, deflated: 0.657 },
  { days: 250, edge: 0, studies: 200, evidence: 0.004, deflated: 0 },
  { days: 250, edge: 0.1, studies: 1200, evidence: 0.279, deflated: 0 },
  { days: 250, edge: 0.2, studies: 300, evidence: 0.924, deflated: 0.015 },
  { days: 250, edge: 0.3, studies: 1200, evidence: 1, deflated: 0.281 },
  { days: 250, edge: 0.5, studies: 100, evidence: 1, deflated: 0.993 },
];

describe('how often the rules promote, through the code that decides', () => {
  test.each(table)(
    '$days days, daily Sharpe $edge: evidence $evidence, deflated $deflated',
    ({ days, edge, studies, evidence, deflated }) => {
      const rates = promotionRates(rules, { ...usualShape, days, edge }, { studies, seed: `${days} days, edge ${edge}` });
      expect(Math.abs(rates.evidence - evidence)).toBeLessThanOrEqual(0.03);
      expect(Math.abs(rates.deflated - deflated)).toBeLessThanOrEqual(0.03);
    },
  );
});

test('trials and seeds have the correlations and the edge that were asked for', () => {
  const { inner, judged } = simulateStudy({ ...usualShape, edge: 0.5, innerDays: 4000, days: 4000 }, createRng(1));
  expect([inner.length, judged.length, judged[0]!.length]).toEqual([24, 3, 3]);
  expect(averageCorrelation(inner)).toBeCloseTo(0.3, 1);
  expect(averageCorrelation(judged[0]!)).toBeCloseTo(0.7, 1);
  expect(averageCorrelation(judged.map((seeds) => seeds[0]!))).toBeCloseTo(0.3, 1);
  expect(judged[2]![1]!.reduce((sum, x) => sum + x / 4000, 0)).toBeCloseTo(0.5, 1);
});
