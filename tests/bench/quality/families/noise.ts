import { createRng, type Rng } from '../../../../src/core/rng.ts';
import { type Coordinates, coordinatesOf, pointOf } from '../../../../src/search/samplers/gp/coordinates.ts';
import { suggestUniform } from '../../../../src/search/samplers/random/random.ts';
import { encodeParams } from '../../../../src/search/space/codec.ts';
import type { FlatParams } from '../../../../src/search/space/param.ts';
import type { BaseFunction, Problem } from './problem.ts';

/** Noise of one observation in interquartile ranges of random search, by the places of the numeric parameters in [0, 1]. */
type Noise = (places: readonly number[], rng: Rng) => number;

/** Every kind of noise, made for a function from a stream of its own. */
const kinds: Readonly<Record<string, (rng: Rng) => Noise>> = {
  exact: () => () => 0,
  gaussian10: () => gaussian(0.1),
  gaussian30: () => gaussian(0.3),
  gaussian100: () => gaussian(1),
  // From 0.03 to 0.6 by where the trial is.
  heteroscedastic: (rng) => {
    const phases = Array.from({ length: 32 }, () => 2 * Math.PI * rng.uniform());
    return (places, own) => {
      const level = places.reduce((sum, place, j) => sum + 0.5 + 0.5 * Math.sin(4 * place + phases[j]!), 0) / Math.max(1, places.length);
      return (0.03 + 0.57 * level) * own.normal();
    };
  },
  // Student's t with three degrees of freedom, as many daily returns have.
  heavy_tails: () => (_, rng) => (0.2 * rng.normal()) / Math.sqrt((rng.normal() ** 2 + rng.normal() ** 2 + rng.normal() ** 2) / 3),
  // The same at every observation of a point: three waves of 10 to 30 periods along each axis, together with a deviation of 0.3.
  pseudo: (rng) => {
    const waves = Array.from({ length: 3 }, () => ({
      phase: 2 * Math.PI * rng.uniform(),
      frequencies: Array.from({ length: 32 }, () => 2 * Math.PI * (10 + 20 * rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1)),
    }));
    const size = 0.3 * Math.sqrt(2 / waves.length);
    return (places) =>
      waves.reduce(
        (sum, { phase, frequencies }) => sum + size * Math.sin(phase + places.reduce((at, place, j) => at + frequencies[j]! * place, 0)),
        0,
      );
  },
};

export const noiseNames: readonly string[] = Object.keys(kinds);

const gaussian =
  (share: number): Noise =>
  (_, rng) =>
    share * rng.normal();

/** Returns the problem of observing a function with a kind of noise. */
export function withNoise(family: string, kind: string, base: BaseFunction): Problem {
  const noise = kinds[kind]!(createRng(`${kind} noise of ${base.name}`));
  const coordinates = coordinatesOf(base.space);
  const spread = spreadOf(base);
  const observe = (params: FlatParams, rng: Rng): number => base.truth(params) + spread * noise(numericPlaces(coordinates, params), rng);
  return { ...base, family, spread, observe };
}

function numericPlaces(coordinates: Coordinates, params: FlatParams): readonly number[] {
  const point = pointOf(coordinates, encodeParams(coordinates.space, params));
  return coordinates.axes.flatMap(({ kind }, j) => (kind === 'numeric' ? [point?.[j] ?? 0.5] : []));
}

/** Interquartile range of the true values of 400 random trials. */
function spreadOf({ name, space, truth }: BaseFunction): number {
  const rng = createRng(`spread of ${name}`);
  const values = Array.from({ length: 400 }, () => truth(suggestUniform(space, rng))).sort((a, b) => a - b);
  return values[300]! - values[100]!;
}
