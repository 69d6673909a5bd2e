import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FoldEvaluation } from '../../src/search/study/walk-forward.ts';
import { type Evidence, type Gate, type GateResult, holds } from '../../src/validation/gates/gate.ts';
import { unjudged } from '../fixtures/gate-evidence.ts';
import { goodEvidence as good, goodPaper } from '../fixtures/good-evidence.ts';

const unchanged = structuredClone(good);

/** What every gate promises. */
export function gateConformance(gate: Gate): void {
  describe(`gate ${gate.id}`, () => {
    // Gates that draw resamples take tenths of a second.
    let ofGood: GateResult;
    beforeAll(() => {
      ofGood = gate.check(good);
    });

    test('passes evidence that is good, and says what it observed, what it asks for and by which version', () => {
      const result = ofGood;
      expect(result).toMatchObject({ gate: gate.id, version: gate.version, severity: gate.severity, passed: true });
      expect(result.version).toMatch(/^[0-9]+\+[0-9a-f]{8}$/);
      expect(Number.isFinite(result.observed) && Number.isFinite(result.threshold)).toBe(true);
      expect(holds(result.observed, result.op, result.threshold)).toBe(true);
      expect(result.because).toMatch(/\w+ \w+/);
    });

    test('gives the same result for the same evidence, in whatever order the seeds come, and changes none of it', () => {
      const { observed, passed } = ofGood;
      expect(gate.check(good)).toEqual(ofGood);
      expect(gate.check({ ...good, seeds: good.seeds.toReversed() })).toMatchObject({ observed, passed });
      expect(isDeepStrictEqual(good, unchanged)).toBe(true);
    });

    test.each([
      ['without anything known', { ...unjudged, seeds: [] }],
      ['with seeds of which nothing is known', { ...unjudged, seeds: good.seeds.map(({ seed }) => ({ seed, folds: [] })) }],
    ])('never passes %s, and has a finite threshold and a reason', (_, evidence) => {
      const result = gate.check(evidence);
      // The seeds are counted, whatever they say; that they say nothing is for the other gates.
      if (gate.id !== 'seeds' || evidence.seeds.length === 0) expect(result.passed).toBe(false);
      expect(result.threshold).not.toBeNaN();
      expect(result.because).toMatch(/\w+ \w+/);
    });

    for (const [what, evidence] of Object.entries(notANumber))
      test(`never passes on NaN: ${what}`, () => {
        const result = gate.check(evidence);
        if (Number.isNaN(result.observed)) expect(result.passed).toBe(false);
        expect(result.passed && !holds(result.observed, result.op, result.threshold)).toBe(false);
        // A gate that does not look at what is NaN says what it says of good evidence.
        if (result.passed) expect(result.observed).toBe(ofGood.observed);
      });
  });
}

const withFold = (change: (of: FoldEvaluation) => Partial<FoldEvaluation>): Evidence => ({
  ...good,
  seeds: good.seeds.map((one, i) => (i === 1 ? { ...one, folds: one.folds.map((of) => ({ ...of, ...change(of) })) } : one)),
});
const nan = Number.NaN;
const checks = good.checks!;
const notANumber: Readonly<Record<string, Evidence>> = {
  'a step': withFold(({ stepReturns }) => ({ stepReturns: stepReturns.map((value, i) => (i === 7 ? nan : value)) })),
  'a day': withFold(({ dailyReturns }) => ({ dailyReturns: dailyReturns.map((value, i) => (i === 7 ? nan : value)) })),
  'every return': withFold(({ stepReturns, dailyReturns }) => ({
    stepReturns: stepReturns.map(() => nan),
    dailyReturns: dailyReturns.map(() => nan),
  })),
  'every metric': withFold(({ metrics }) => ({ metrics: Object.fromEntries(Object.keys(metrics).map((name) => [name, nan])) })),
  'the count of terminations': withFold(() => ({ earlyTerminations: nan })),
  'the drawdown limit': withFold(() => ({ drawdownLimit: nan })),
  'the costs': withFold(() => ({ friction: { transactionBp: nan, impactBp: nan, paid: nan } })),
  'the shaping': withFold(({ metrics }) => ({ metrics: { ...metrics, shapingShare: nan } })),
  'the search': { ...good, search: { ...good.search, trialsTried: nan, trialsOnSameData: nan, trialSharpes: [nan] } },
  "a trial's Sharpe ratio": { ...good, search: { ...good.search, trialSharpes: [...good.search.trialSharpes, nan] } },
  'an inner return': {
    ...good,
    search: { ...good.search, innerReturns: good.search.innerReturns.map((one) => ({ ...one, returns: one.returns.map(() => nan) })) },
  },
  'the looks': { ...good, looks: nan },
  'a judged model': { ...good, judged: good.judged.map((one) => ({ ...one, dailyReturns: one.dailyReturns.map(() => nan) })) },
  'a baseline': {
    ...good,
    baselines: Object.fromEntries(
      Object.entries(good.baselines).map(([name, folds]) => [
        name,
        folds.map((one) => ({ ...one, dailyReturns: one.dailyReturns.map(() => nan) })),
      ]),
    ),
  },
  'a window': { ...good, windows: good.windows.map((one) => ({ ...one, testEnd: nan })) },
  'a check': {
    ...good,
    checks: {
      lookAhead: { rows: nan, changed: nan, first: null },
      stress: Object.fromEntries(
        Object.entries(checks.stress).map(([kind, { returns }]) => [kind, { returns: returns.map((own) => own.map(() => nan)) }]),
      ),
      dataQuality: { bars: nan, missingBars: nan, faults: [] },
      causal: { cuts: nan, changed: nan, first: null },
      deterministic: { repeated: nan, different: nan, first: null },
    },
  },
  'the number of missing bars': { ...good, checks: { ...checks, dataQuality: { ...checks.dataQuality!, missingBars: nan } } },
  'the vault': {
    ...good,
    vault: {
      openedAt: '',
      seeds: good.vault!.seeds.map((one) => ({
        ...one,
        evaluation: { ...one.evaluation, dailyReturns: one.evaluation.dailyReturns.map(() => nan) },
      })),
    },
  },
  'a step in the vault': {
    ...good,
    vault: {
      openedAt: '',
      seeds: good.vault!.seeds.map((one) => ({ ...one, evaluation: { ...one.evaluation, stepReturns: Float64Array.of(0, nan) } })),
    },
  },
  'an ablation': { ...good, ablations: [{ arm: 'ofi_*', loss: nan, low: nan, high: nan, days: 120 }] },
  'the paper run': {
    ...good,
    paper: {
      ...goodPaper,
      startedAt: nan,
      endedAt: nan,
      completeSessions: nan,
      dailyReturns: goodPaper.dailyReturns.map(() => nan),
      navs: [10_000, nan],
      trades: goodPaper.trades.map(() => ({ netPnl: nan })),
      parityMismatches: nan,
      upMinutes: nan,
      successfulDrills: nan,
      realisedCost: nan,
      deployment: { capitalUsd: nan, instrument: 'MNQ', contracts: nan },
    },
  },
};
