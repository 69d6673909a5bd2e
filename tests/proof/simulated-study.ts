import type { Rng } from '../../src/core/rng.ts';

/** A study at the level of daily returns: what its trials earned in the search and its judged models earned later. */
export interface SimulatedStudy {
  /** `[trial][day]` on the inner validation part. */
  readonly inner: readonly Float64Array[];
  /** `[model][seed][day]` on the walk-forward days, of the best trials in the order of their inner Sharpe ratios. */
  readonly judged: readonly (readonly Float64Array[])[];
}

export interface StudyShape {
  /** True daily Sharpe ratio of every trial and seed. */
  readonly edge: number;
  /** Walk-forward days. */
  readonly days: number;
  readonly innerDays: number;
  readonly trials: number;
  /** Models judged. */
  readonly looks: number;
  readonly seeds: number;
  /** Correlation of the daily returns of different trials. */
  readonly trialCorrelation: number;
  /** Correlation of the daily returns of seeds of the same trial; at least `trialCorrelation`. */
  readonly seedCorrelation: number;
}

/** The study of the table of rules: 24 trials, 3 judged with 3 seeds each. */
export const usualShape: Omit<StudyShape, 'edge' | 'days'> = {
  innerDays: 51,
  trials: 24,
  looks: 3,
  seeds: 3,
  trialCorrelation: 0.3,
  seedCorrelation: 0.7,
};

/** Draws normal returns of one study; all trials share its edge, so the ones with the best inner ratios are as good as any. */
export function simulateStudy(shape: StudyShape, rng: Rng): SimulatedStudy {
  const { edge, trials, looks, seeds, trialCorrelation, seedCorrelation } = shape;
  const loading = {
    common: Math.sqrt(trialCorrelation),
    own: Math.sqrt(1 - trialCorrelation),
    model: Math.sqrt(seedCorrelation - trialCorrelation),
    seed: Math.sqrt(1 - seedCorrelation),
  };
  const inner = seriesOf(trials, shape.innerDays);
  for (let day = 0; day < shape.innerDays; day++) {
    const common = edge + loading.common * rng.normal();
    for (const returns of inner) returns[day] = common + loading.own * rng.normal();
  }
  const judged = Array.from({ length: looks }, () => seriesOf(seeds, shape.days));
  for (let day = 0; day < shape.days; day++) {
    const common = edge + loading.common * rng.normal();
    for (const model of judged) {
      const ofModel = common + loading.model * rng.normal();
      for (const returns of model) returns[day] = ofModel + loading.seed * rng.normal();
    }
  }
  return { inner, judged };
}

function seriesOf(count: number, days: number): readonly Float64Array[] {
  return Array.from({ length: count }, () => new Float64Array(days));
}
