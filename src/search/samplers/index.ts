import { type AlgorithmRef, createFrom } from '../algorithm.ts';
import { auto } from './auto/auto.ts';
import { cmaes } from './cmaes/cmaes.ts';
import { gp } from './gp/gp.ts';
import { grid } from './grid/grid.ts';
import { nsga2 } from './nsga2/nsga2.ts';
import { pbt } from './pbt/pbt.ts';
import { qmc } from './qmc/qmc.ts';
import { random } from './random/random.ts';
import type { Sampler } from './sampler.ts';
import { tpe } from './tpe/tpe.ts';

/** Every sampler. src/testing/sampler.ts runs over this list. */
export const samplers = [random, tpe, gp, auto, cmaes, nsga2, pbt, qmc, grid] as const;

/**
 * Creates the sampler that a study names.
 * @throws AssayError `study_invalid` for an unknown id or option.
 */
export function samplerOf(ref: AlgorithmRef): Sampler {
  return createFrom('sampler', samplers, ref);
}

export { auto, cmaes, gp, grid, nsga2, pbt, qmc, random, tpe };
