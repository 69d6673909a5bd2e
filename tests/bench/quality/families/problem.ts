import type { Rng } from '../../../../src/core/rng.ts';
import type { CompiledSpace } from '../../../../src/search/space/compile.ts';
import type { FlatParams } from '../../../../src/search/space/param.ts';
import type { Objective } from '../objective.ts';

/** A function to minimise whose true values and minimum are known. */
export interface BaseFunction {
  readonly name: string;
  readonly space: CompiledSpace;
  readonly truth: Objective;
  /** Params of the smallest true value, and that value. */
  readonly minimiser: FlatParams;
  readonly minimum: number;
}

/** A base function as a family's searches observe it. */
export interface Problem extends BaseFunction {
  readonly family: string;
  /** Interquartile range of the true values of random search: the unit of regrets and of noise. */
  readonly spread: number;
  /** One observation: the true value with the noise of one trial. */
  readonly observe: (params: FlatParams, rng: Rng) => number;
}

/** Returns how far a true value is above the minimum, in interquartile ranges of random search. */
export function regretOf({ truth, minimum, spread }: Problem, params: FlatParams): number {
  return (truth(params) - minimum) / spread;
}
