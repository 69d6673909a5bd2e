import { createRng } from '../../../core/rng.ts';
import { decodeRow } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, nextNumber } from '../../trial/history.ts';
import { defineSampler } from '../define-sampler.ts';
import { type Axis, coordinatesOf, rowAt } from '../gp/coordinates.ts';
import type { Sampler } from '../sampler.ts';
import { firstPrimes, radicalInverse, scrambledRadicalInverse } from './halton.ts';
import { type QmcOptions, qmcOptions } from './options.ts';
import { mix, owenScramble, sobolCoordinate, sobolDimensions } from './sobol.ts';

/**
 * Quasi-Monte Carlo: evenly spread points, indexed by the trial's number, so any number of workers take each point once without a shared
 * counter. Every parameter has its own coordinate, also while it is inactive.
 */
export function createQmcSampler(options: QmcOptions): Sampler {
  return { id: 'qmc', suggest: (space, history) => suggest(space, history, options) };
}

function suggest(space: CompiledSpace, history: History, { sequence, scramble }: QmcOptions): FlatParams {
  const coordinates = coordinatesOf(space);
  const number = nextNumber(history);
  const dimensions = coordinates.axes.length;
  const seed = scramble ? (history.seed ?? 0) : null;
  const point = sequence === 'sobol' ? sobolPoint(number, dimensions, seed) : haltonPoint(number, dimensions, seed);
  return decodeRow(
    space,
    rowAt(
      coordinates,
      point.map((u, i) => placeAt(coordinates.axes[i]!, u)),
    ),
  );
}

/** Maps u in [0, 1) to a place: choices share the interval equally, numbers spread over their scale. */
function placeAt(axis: Axis, u: number): number {
  return axis.kind === 'choice' ? Math.floor(u * axis.cells) : u;
}

/**
 * Returns a point in [0, 1); scrambled coordinates lie in the middle of their cell of 2^-32, so never at 0. Dimensions without direction
 * numbers are independent random draws.
 * @param seed of the scrambling (null: not scrambled).
 */
export function sobolPoint(number: number, dimensions: number, seed: number | null): Float64Array {
  const rng = createRng(`qmc ${seed ?? ''}`);
  const key = rng.int(2 ** 32);
  const beyond = dimensions > sobolDimensions ? rng.fork(number) : rng;
  return Float64Array.from({ length: dimensions }, (_, dimension) => {
    if (dimension >= sobolDimensions) return beyond.uniform();
    const x = sobolCoordinate(number, dimension);
    return ((seed === null ? x : owenScramble(x, mix(key + dimension))) + (seed === null ? 0 : 0.5)) / 2 ** 32;
  });
}

/** @param seed of the scrambling (null: not scrambled). */
export function haltonPoint(number: number, dimensions: number, seed: number | null): Float64Array {
  const rng = createRng(`qmc ${seed ?? ''}`);
  return Float64Array.from(firstPrimes(dimensions), (base, dimension) =>
    seed === null ? radicalInverse(number, base) : scrambledRadicalInverse(number, base, rng.fork(dimension)),
  );
}

/**
 * Quasi-random points, evenly spread and independent of results: for a first look and for sensitivity studies.
 *
 * @example
 * ```ts
 * import { qmc } from 'assay';
 *
 * const sampler = qmc({ sequence: 'halton' });
 * ```
 */
export const qmc = defineSampler({ id: 'qmc', options: qmcOptions, create: createQmcSampler });
