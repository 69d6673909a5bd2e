import { type Algorithm, type AlgorithmDefinition, defineAlgorithm } from '../algorithm.ts';
import type { Sampler } from './sampler.ts';

/** A sampler described once: the builder that a study calls, and the entry of the list of samplers. */
export function defineSampler<Options, Input>(definition: AlgorithmDefinition<Options, Input, Sampler>): Algorithm<Input, Sampler> {
  return defineAlgorithm(definition);
}
