import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/core/rng.ts';
import type { FoldEvaluation } from '../../src/search/study/walk-forward.ts';
import { type Evidence, type Gate, holds } from '../../src/validation/gates/gate.ts';
import { unjudged } from '../fixtures/gate-evidence.ts';

/** What every promotion gate promises. */
export function gateConformance(gate: Gate): void {
  describe(`gate ${gate.id}`, () => {
    test('passes evidence that is good, and says what it observed, what it asks for and by which version', () => {
      const result = gate.check(good);
      expect(result).toMatchObject({ gate: gate.id, version: gate.version, severity: gate.severity, passed: true });
      expect(result.version).toMatch(/^[0-9]+\+[0-9a-f]{8}$/);
      expect(Number.isFinite(result.observed) && Number.isFinite(result.threshold)).toBe(true);
      expect(holds(result.observed, result.op, result.threshold)).toBe(true);
      expect(result.because).toMatch(/\w+ \w+/);
    });

    test('gives the same result for the same evidence, in whatever order the seeds come, and changes none of it', () => {
      const before = JSON.stringify(good);
      const { observed, passed } = gate.check(good);
      expect(gate.check(good)).toEqual(gate.check(good));
      expect(gate.check({ ...good, seeds: good.seeds.toReversed() })).toMatchObject({ observed, passed });
      expect(JSON.stringify(good)).toBe(before);
    });

    test('never passes without seeds', () => {
      const result = gate.check({ ...good, seeds: [] });
      expect(result.passed).toBe(false);
      expect(result.because).toMatch(/\w+ \w+/);
    });

    for (const [what, evidence] of Object.entries(notANumber))
      test(`never passes on NaN: ${what}`, () => {
        const result = gate.check(evidence);
        if (Number.isNaN(result.observed)) expect(result.passed).toBe(false);
        expect(result.passed && !holds(result.observed, result.op, result.threshold)).toBe(false);
        // A gate that does not look at what is NaN says what it says of good evidence.
        if (result.passed) expect(result.observed).toBe(gate.check(good).observed);
      });
  });
}

const rng = createRng('evidence');

function fold(): FoldEvaluation {
  return {
    metrics: { turnover: 100, shapingShare: 0 },
    stepReturns: Float64Array.from({ length: 20_000 }, () => 1e-5 + 1e-5 * rng.normal()),
    dailyReturns: Array.from({ length: 60 }, () => 0.004 + 0.001 * rng.normal()),
    earlyTerminations: 0,
    drawdownLimit: 0.02,
    friction: { transactionBp: 1, impactBp: 0.5, paid: 120 },
  };
}

const good: Evidence = {
  seeds: [1, 2, 3].map((seed) => ({ seed, folds: [fold(), fold()] })),
  ...unjudged,
};

const withFold = (change: (of: FoldEvaluation) => Partial<FoldEvaluation>): Evidence => ({
  ...good,
  seeds: good.seeds.map((one, i) => (i === 1 ? { ...one, folds: one.folds.map((of) => ({ ...of, ...change(of) })) } : one)),
});
const nan = Number.NaN;
const notANumber: Readonly<Record<string, Evidence>> = {
  'a step': withFold(({ stepReturns }) => ({ stepReturns: stepReturns.map((value, i) => (i === 7 ? nan : value)) })),
  'a day': withFold(({ dailyReturns }) => ({ dailyReturns: dailyReturns.map((value, i) => (i === 7 ? nan : value)) })),
  'every return': withFold(({ stepReturns, dailyReturns }) => ({
    stepReturns: stepReturns.map(() => nan),
    dailyReturns: dailyReturns.map(() => nan),
  })),
  'the count of terminations': withFold(() => ({ earlyTerminations: nan })),
  'the drawdown limit': withFold(() => ({ drawdownLimit: nan })),
  'the costs': withFold(() => ({ friction: { transactionBp: nan, impactBp: nan, paid: nan } })),
  'the shaping': withFold(({ metrics }) => ({ metrics: { ...metrics, shapingShare: nan } })),
  'the search': { ...good, search: { ...good.search, trialsTried: nan, trialsOnSameData: nan, trialSharpes: [nan] } },
  "a trial's Sharpe ratio": { ...good, search: { ...good.search, trialSharpes: [...good.search.trialSharpes, nan] } },
};
