import { AssayError } from '../../../core/errors.ts';
import type { Rng } from '../../../core/rng.ts';
import { type PbtOptions, pbtOptions } from '../../pruners/pbt/options.ts';
import { milestoneOf, rankAt } from '../../pruners/pbt/ranked-members.ts';
import { decodeRow, encodeParams } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import { fitValue } from '../../space/leaf.ts';
import type { FlatParams, LeafParam } from '../../space/param.ts';
import { defineSampler } from '../define-sampler.ts';
import { suggestUniform } from '../random/random.ts';
import { drawUniform } from '../random/uniform.ts';
import type { Fork, Population, Sampler } from '../sampler.ts';

/**
 * Population-based training (Jaderberg et al. 2017): the first trials start with random parameters; every later one takes a free place
 * and continues the checkpoint of one of the best (exploit) with perturbed parameters (explore). Each setting is a trial of its own, with
 * its lineage.
 */
export function createPbtSampler(options: PbtOptions): Sampler {
  return {
    id: 'pbt',
    singleObjective: true,
    prunes: true,
    suggest: (space, _history, rng) => suggestUniform(checked(space, options), rng),
    fork: (space, members, rng) => fork(checked(space, options), members, options, rng),
  };
}

function checked(space: CompiledSpace, { fixed }: PbtOptions): CompiledSpace {
  const unknown = fixed.find((name) => !space.byName.has(name));
  if (unknown === undefined) return space;
  throw new AssayError('study_invalid', `the space has no parameter ${JSON.stringify(unknown)} to keep fixed`, {
    place: 'sampler',
    hint: `it has ${[...space.byName.keys()].join(', ')}`,
  });
}

/** Returns the trial to continue (null for founders, and before half of the trials have passed a milestone). */
function fork(
  space: CompiledSpace,
  members: Population,
  { population, interval, quantile, ...options }: PbtOptions,
  rng: Rng,
): Fork | null {
  const { curves, checkpoints, direction, next } = members;
  if (next < population) return null;
  // Values are compared at one step: the last milestone that at least half of them have passed.
  const milestones = curves.map((curve) => milestoneOf(curve, interval)).sort((a, b) => b - a);
  const milestone = milestones[Math.ceil(milestones.length / 2) - 1] ?? 0;
  if (milestone === 0) return null;
  const share = Math.floor(curves.length * quantile);
  const ranked = rankAt(milestone, curves, direction).filter(({ value }) => !Number.isNaN(value));
  // No trial continues one that would be replaced itself, even if none of the better ones has a checkpoint yet.
  const worthy = ranked.slice(0, ranked.length - share);
  const parents = worthy.filter(({ number }) => checkpoints.has(number)).slice(0, Math.max(1, share));
  if (parents.length > 0) {
    const { number } = parents[rng.int(parents.length)]!;
    const { params, step } = checkpoints.get(number)!;
    return { from: number, step, params: explore(space, params, options, rng) };
  }
  // Checkpoints of the first comparison may still be in progress; if only the worst trials have one, a trial starts from nothing.
  if (milestone < 2 * interval || checkpoints.size > 0) return null;
  throw new AssayError('study_invalid', `pbt continues checkpoints, but after ${milestone} steps no trial has kept one`, {
    place: 'objective',
    hint: `call await context.checkpoint(step, bytes) at least every ${interval} steps, and begin with context.resumeFrom`,
  });
}

type Exploring = Pick<PbtOptions, 'resample' | 'factors' | 'fixed'>;

function explore(space: CompiledSpace, parent: FlatParams, { resample, factors, fixed }: Exploring, rng: Rng): FlatParams {
  const row = encodeParams(space, parent);
  for (const { index, name, param } of space.params) {
    // Drawn for every parameter, so that the value of one never depends on another.
    const isRedrawn = rng.uniform() < resample;
    const drawn = drawUniform(param, rng);
    const factor = factors[rng.int(factors.length)]!;
    if (fixed.includes(name)) continue;
    // A parameter that was inactive in the parent may be active now.
    if (isRedrawn || Number.isNaN(row[index]!)) row[index] = drawn;
    else row[index] = multiplied(param, row[index]!, factor);
  }
  return decodeRow(space, row);
}

/** Multiplies a number by a factor, changing it by at least one step if stepped; a choice stays as it is. */
function multiplied(param: LeafParam, value: number, factor: number): number {
  if (param.type === 'choice') return value;
  const product = fitValue(param, value * factor);
  return product === value && param.step !== null && factor !== 1 ? fitValue(param, value + Math.sign(factor - 1) * param.step) : product;
}

/**
 * Population-based training: the worst trials are pruned, and new ones continue the checkpoints of the best with perturbed settings.
 *
 * @example
 * ```ts
 * import { pbt } from 'assay';
 *
 * const sampler = pbt({ population: 8, interval: 100 });
 * ```
 */
export const pbt = defineSampler({ id: 'pbt', options: pbtOptions, create: createPbtSampler });
