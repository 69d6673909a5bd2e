import { z } from 'zod';
import type { Rng } from '../../../core/rng.ts';
import { decodeRow } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import { defineSampler } from '../define-sampler.ts';
import type { Sampler } from '../sampler.ts';
import { drawUniform } from './uniform.ts';

export const randomOptions = z.strictObject({});

export function createRandomSampler(): Sampler {
  return {
    id: 'random',
    suggest: (space, _history, rng) => suggestUniform(space, rng),
  };
}

/** Draws every parameter, inactive ones included, so that the value of one never depends on another. */
export function suggestUniform(space: CompiledSpace, rng: Rng): FlatParams {
  return decodeRow(
    space,
    Float64Array.from(space.params, ({ param }) => drawUniform(param, rng)),
  );
}

/**
 * Uniform draws: the baseline that every other sampler has to beat.
 *
 * @example
 * ```ts
 * import { random } from 'assay';
 *
 * const sampler = random();
 * ```
 */
export const random = defineSampler({ id: 'random', options: randomOptions, create: createRandomSampler });
