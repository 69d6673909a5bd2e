import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { parseOptions } from '../options.ts';
import { type PbtInput, pbtOptions } from '../pruners/pbt/options.ts';
import type { AlgorithmRef } from '../study/storage.ts';
import { createAutoSampler } from './auto/auto.ts';
import { type AutoInput, autoOptions } from './auto/options.ts';
import { createCmaesSampler } from './cmaes/cmaes.ts';
import { type CmaesInput, cmaesOptions } from './cmaes/options.ts';
import { createGpSampler } from './gp/gp.ts';
import { type GpInput, gpOptions } from './gp/options.ts';
import { createGridSampler } from './grid/grid.ts';
import { type GridInput, gridOptions } from './grid/options.ts';
import { createNsga2Sampler } from './nsga2/nsga2.ts';
import { type Nsga2Input, nsga2Options } from './nsga2/options.ts';
import { createPbtSampler } from './pbt/pbt.ts';
import { type QmcInput, qmcOptions } from './qmc/options.ts';
import { createQmcSampler } from './qmc/qmc.ts';
import { createRandomSampler, randomOptions } from './random/random.ts';
import type { Sampler } from './sampler.ts';
import { type TpeInput, tpeOptions } from './tpe/options.ts';
import { createTpeSampler } from './tpe/tpe.ts';

/** Every sampler: its id, and how its options make one. A new sampler is its folder, a line here and a builder below. */
const samplers: Readonly<Record<string, (options: Json) => Sampler>> = {
  random: (options) => {
    parseOptions(randomOptions, options, 'random');
    return createRandomSampler();
  },
  tpe: (options) => createTpeSampler(parseOptions(tpeOptions, options, 'tpe')),
  gp: (options) => createGpSampler(parseOptions(gpOptions, options, 'gp')),
  auto: (options) => createAutoSampler(parseOptions(autoOptions, options, 'auto')),
  cmaes: (options) => createCmaesSampler(parseOptions(cmaesOptions, options, 'cmaes')),
  nsga2: (options) => createNsga2Sampler(parseOptions(nsga2Options, options, 'nsga2')),
  pbt: (options) => createPbtSampler(parseOptions(pbtOptions, options, 'pbt')),
  qmc: (options) => createQmcSampler(parseOptions(qmcOptions, options, 'qmc')),
  grid: (options) => createGridSampler(parseOptions(gridOptions, options, 'grid')),
};

/**
 * The sampler that a study names.
 * @throws AssayError `study_invalid` for an unknown id or option.
 */
export function samplerOf(ref: AlgorithmRef): Sampler {
  const create = Object.hasOwn(samplers, ref.id) ? samplers[ref.id] : undefined;
  if (create === undefined)
    throw new AssayError('study_invalid', `there is no sampler ${JSON.stringify(ref.id)}`, {
      place: 'sampler',
      hint: `known: ${Object.keys(samplers).join(', ')}`,
    });
  return create(ref.options);
}

/** Uniform draws: the yardstick that every other sampler has to beat. */
export function random(): AlgorithmRef {
  return { id: 'random', options: {} };
}

/** Tree-structured Parzen estimator: learns where good trials lie, from about ten trials on; branches and steps welcome. */
export function tpe(options: TpeInput = {}): AlgorithmRef {
  return { id: 'tpe', options: parseOptions(tpeOptions, options, 'tpe') };
}

/** Gaussian process: the fewest trials to a good result, at some 10 to 60 ms per trial; branches, choices and steps welcome. */
export function gp(options: GpInput = {}): AlgorithmRef {
  return { id: 'gp', options: parseOptions(gpOptions, options, 'gp') };
}

/** Chooses by what is known so far: space-filling, then a Gaussian process, then TPE too (docs/search.md has the measurements). */
export function auto(options: AutoInput = {}): AlgorithmRef {
  return { id: 'auto', options: parseOptions(autoOptions, options, 'auto') };
}

/** Covariance matrix adaptation: for numeric parameters that interact and budgets of a hundred trials and more. */
export function cmaes(options: CmaesInput = {}): AlgorithmRef {
  return { id: 'cmaes', options: parseOptions(cmaesOptions, options, 'cmaes') };
}

/** Evolution towards the whole Pareto front: for several objectives and budgets of several hundred trials. */
export function nsga2(options: Nsga2Input = {}): AlgorithmRef {
  return { id: 'nsga2', options: parseOptions(nsga2Options, options, 'nsga2') };
}

/** Quasi-random points that leave no gaps: the best way not to learn, for a first look and for sensitivity studies. */
export function qmc(options: QmcInput = {}): AlgorithmRef {
  return { id: 'qmc', options: parseOptions(qmcOptions, options, 'qmc') };
}

/** Every combination once, for small spaces of steps and choices. More trials than combinations repeat them. */
export function grid(options: GridInput = {}): AlgorithmRef {
  return { id: 'grid', options: parseOptions(gridOptions, options, 'grid') };
}

/** Population-based training: trials that fall behind end, and others go on in their place from where the best stand, with other settings. */
export function pbt(options: PbtInput): AlgorithmRef {
  return { id: 'pbt', options: parseOptions(pbtOptions, options, 'pbt') };
}
