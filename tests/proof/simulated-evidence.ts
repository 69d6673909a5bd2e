import { createRng, type Rng } from '../../src/core/rng.ts';
import type { FoldEvaluation } from '../../src/search/study/walk-forward.ts';
import { seedMean, withoutBestDays } from '../../src/validation/checks/best-days.ts';
import { stressKinds } from '../../src/validation/gates/checks-evidence.ts';
import type { Evidence, InnerReturns } from '../../src/validation/gates/gate.ts';
import { sharpe } from '../../src/validation/metrics.ts';

/** What a study's evidence is made of, in units of a day's deviation. */
export interface SimulatedReturns {
  /** `[trial][day]` on the inner validation part, complete trials only. */
  readonly inner: readonly ArrayLike<number>[];
  /** Number of trials with a result, pruned ones included. */
  readonly tried: number;
  /** Judged trials, by their index in `inner`. */
  readonly numbers: readonly number[];
  /** `[model][seed][day]` on the walk-forward days; the last days are the vault's. */
  readonly judged: readonly (readonly ArrayLike<number>[])[];
}

const folds = 4;
/** Net return of one deviation: a calm account, so that no result turns on compounding or on a drawdown limit. */
const deviation = 0.002;
/** What each stress takes from a day, in deviations: a tenth of what a daily Sharpe ratio of .3 earns. */
const stressCost = 0.03;
const dayMs = 86_400_000;
const firstMs = Date.UTC(2024, 0, 2);

/**
 * Evidence of a judged model as the platform would hold it after `validate`: seeds on four folds, baselines, looks, checks and the vault.
 * Everything that is not about returns is in order, so that the returns alone decide.
 */
export function simulatedEvidence(study: SimulatedReturns, model: number, vaultDays: number, seed: string): Evidence {
  const rng = createRng(seed);
  const scaled = study.judged.map((seeds) => seeds.map((returns) => Array.from(returns, (x) => x * deviation)));
  const days = scaled[0]![0]!.length - vaultDays;
  const outer = scaled.map((seeds) => seeds.map((returns) => returns.slice(0, days)));
  const own = outer[model]!;
  const innerReturns = study.inner.map(
    (returns, number): InnerReturns => ({
      number,
      days: Array.from(returns, (_, i) => new Date(firstMs + (i - returns.length) * dayMs).toISOString().slice(0, 10)),
      returns: Array.from(returns, (x) => x * deviation),
    }),
  );
  const stressOf = (kind: (typeof stressKinds)[number]): readonly (readonly number[])[] =>
    kind === 'without-best-days' ? withoutBestDays(own) : own.map((returns) => returns.map((x) => x - stressCost * deviation));
  return {
    seeds: own.map((returns, i) => ({ seed: i + 1, folds: inFolds(returns) })),
    search: {
      number: study.numbers[model]!,
      trialsTried: study.tried,
      trialsOnSameData: study.tried,
      trialSharpes: study.inner.map((returns) => sharpe(returns)),
      innerReturns,
    },
    windows: Array.from({ length: folds }, (_, fold) => ({
      fold,
      trainStart: firstMs - 400 * dayMs,
      trainEnd: firstMs + fold * dayMs,
      testStart: firstMs + fold * dayMs,
      testEnd: firstMs + (fold + 1) * dayMs,
      purgedBars: 0,
    })),
    baselines: { flat: baseline(days, 0, rng), hold: baseline(days, deviation, rng), linear: baseline(days, deviation, rng) },
    looks: study.judged.length,
    judged: outer.map((seeds, i) => ({ number: study.numbers[i]!, dailyReturns: seedMean(seeds) })),
    checks: {
      lookAhead: { rows: 40, changed: 0, first: null },
      stress: Object.fromEntries(stressKinds.map((kind) => [kind, { returns: stressOf(kind) }])),
      dataQuality: { bars: 100_000, missingBars: 0, faults: [] },
      causal: { cuts: 36, changed: 0, first: null },
      deterministic: { repeated: 1, different: 0, first: null },
    },
    vault: {
      openedAt: new Date(firstMs + 365 * dayMs).toISOString(),
      seeds: scaled[model]!.map((returns, i) => ({ seed: i + 1, evaluation: evaluation(returns.slice(days)) })),
    },
    ablations: [],
    paper: null,
    origin: 'assay',
  };
}

function inFolds(returns: readonly number[]): readonly FoldEvaluation[] {
  const size = Math.ceil(returns.length / folds);
  return Array.from({ length: folds }, (_, fold) => evaluation(returns.slice(fold * size, (fold + 1) * size)));
}

/** A policy without any edge, whose training part is a draw as well. */
function baseline(days: number, size: number, rng: Rng): readonly FoldEvaluation[] {
  const evaluations = inFolds(Array.from({ length: days }, () => size * rng.normal()));
  return evaluations.map((one) => ({ ...one, metrics: { ...one.metrics, trainingSharpeDaily: size === 0 ? 0 : 0.1 * rng.normal() } }));
}

function evaluation(dailyReturns: readonly number[]): FoldEvaluation {
  return {
    metrics: { turnover: 100, shapingShare: 0 },
    dailyReturns,
    stepReturns: Float64Array.from(dailyReturns),
    earlyTerminations: 0,
    drawdownLimit: 0.02,
    friction: { transactionBp: 1, impactBp: 0.5, paid: 120 },
  };
}
