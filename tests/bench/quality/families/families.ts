import { baseFunctions } from './base-functions.ts';
import { generatedFunction } from './generated.ts';
import { noiseNames, withNoise } from './noise.ts';
import type { Problem } from './problem.ts';

/** Sizes of the generated functions; each has one function for each seed. */
const generatedSizes = [2, 3, 5, 8, 12, 20];

/** Names of all families: one for each kind of noise over the base functions, and generated functions without and with noise. */
export const familyNames: readonly string[] = [...noiseNames, 'generated', 'generated_noisy'];

/**
 * Returns the problems of a family.
 * @param seed of the generated functions.
 */
export function problemsOf(family: string, seed: number): readonly Problem[] {
  if (family === 'generated' || family === 'generated_noisy')
    return generatedSizes.map((size) => withNoise(family, family === 'generated' ? 'exact' : 'gaussian30', generatedFunction(seed, size)));
  return baseFunctions().map((base) => withNoise(family, family, base));
}
