import type { Rng } from '../../../core/rng.ts';

/** One dimension of a mixture: a kernel per observation in trial order, and the prior kernel behind them. */
export interface Kernels {
  /** Add to each kernel's entry the part of its log density that does not depend on the point. */
  readonly addConstants: (logDensities: Float64Array) => void;
  /** Add the part that does: x is an internal value. */
  readonly addAt: (x: number, logDensities: Float64Array) => void;
  /** An internal value drawn from kernel k. */
  readonly draw: (k: number, rng: Rng) => number;
}
