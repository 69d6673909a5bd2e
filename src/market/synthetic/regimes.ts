import type { Rng } from '../../core/rng.ts';

/** A market regime: the edge is strong in a trend, weak in chop, and small beside the noise in a shock. */
export interface Regime {
  readonly name: 'trend' | 'chop' | 'shock';
  /** Probability that a block is of this regime. */
  readonly probability: number;
  /** Factor on the base volatility. */
  readonly volatilityFactor: number;
  /** Factor on the momentum part of the planted drift. */
  readonly momentumFactor: number;
  /** Drift in the block's own random direction, in units of the planted strength. */
  readonly directionFactor: number;
  /** Probability that a bar jumps. */
  readonly jumpProbability: number;
}

export const trend: Regime = {
  name: 'trend',
  probability: 0.4,
  volatilityFactor: 1,
  momentumFactor: 1.25,
  directionFactor: 0.2,
  jumpProbability: 0,
};

export const chop: Regime = {
  name: 'chop',
  probability: 0.45,
  volatilityFactor: 0.8,
  momentumFactor: 0.75,
  directionFactor: 0,
  jumpProbability: 0,
};

export const shock: Regime = {
  name: 'shock',
  probability: 0.15,
  volatilityFactor: 1.6,
  momentumFactor: 1,
  directionFactor: 0,
  jumpProbability: 0.02,
};

export interface RegimeBar {
  readonly regime: Regime;
  /** +1 or -1, drawn once per block. */
  readonly direction: number;
}

/** Returns a function that gives the regime of the next bar, in blocks of geometric length with mean `meanBlockBars`. The next block may have the same regime. */
export function regimeStream(regimes: readonly Regime[], meanBlockBars: number, rng: Rng): () => RegimeBar {
  const draw = (): RegimeBar => ({
    regime: pickRegime(regimes, rng.uniform()),
    direction: rng.uniform() < 0.5 ? -1 : 1,
  });
  let current = draw();
  let isFirst = true;
  return () => {
    if (!isFirst && rng.uniform() < 1 / meanBlockBars) current = draw();
    isFirst = false;
    return current;
  };
}

function pickRegime(regimes: readonly Regime[], uniform: number): Regime {
  const total = regimes.reduce((sum, regime) => sum + regime.probability, 0);
  let left = uniform * total;
  for (const regime of regimes) {
    left -= regime.probability;
    if (left < 0) return regime;
  }
  return regimes.at(-1)!;
}
