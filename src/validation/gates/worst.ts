import type { Evidence, SeedEvidence } from './gate.ts';

export interface SeedValue {
  readonly seed: number;
  readonly value: number;
}

/**
 * The seed with the worst value; NaN is worse than any number. Without evidence, seed -1 and NaN.
 * @param better direction in which the value improves.
 */
export function worstSeed(evidence: Evidence, better: 'higher' | 'lower', measure: (seed: SeedEvidence) => number): SeedValue {
  let worst: SeedValue | null = null;
  for (const seed of evidence.seeds) {
    const value = measure(seed);
    if (Number.isNaN(value)) return { seed: seed.seed, value };
    if (worst === null || (better === 'higher' ? value < worst.value : value > worst.value)) worst = { seed: seed.seed, value };
  }
  return worst ?? { seed: -1, value: Number.NaN };
}

/** The step returns of all folds in time order, cut after `steps`. */
export function stepReturnsOf({ folds }: SeedEvidence, steps = Number.POSITIVE_INFINITY): Float64Array {
  const total = Math.min(
    steps,
    folds.reduce((sum, fold) => sum + fold.stepReturns.length, 0),
  );
  const returns = new Float64Array(total);
  let at = 0;
  for (const { stepReturns } of folds) {
    const taken = stepReturns.subarray(0, total - at);
    returns.set(taken, at);
    at += taken.length;
  }
  return returns;
}

/** The session returns of all folds in time order. */
export function dailyReturnsOf({ folds }: SeedEvidence): readonly number[] {
  return folds.flatMap((fold) => fold.dailyReturns);
}

/** `seed 7, the worst of 3` or `seed 7, the only one`. */
export function saySeed(evidence: Evidence, seed: number): string {
  if (evidence.seeds.length === 0) return 'no seed was evaluated';
  return evidence.seeds.length === 1 ? `seed ${seed}, the only one` : `seed ${seed}, the worst of ${evidence.seeds.length}`;
}

export function percent(fraction: number): string {
  return Number.isNaN(fraction) ? 'unknown' : `${(fraction * 100).toFixed(2)} %`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}
