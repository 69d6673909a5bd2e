import { type Algorithm, type AlgorithmDefinition, defineAlgorithm } from '../algorithm.ts';
import type { Sampler } from './sampler.ts';

/** Defines a sampler once: the result is both the builder that studies call and the entry in the list of samplers. */
export function defineSampler<Options, Input>(definition: AlgorithmDefinition<Options, Input, Sampler>): Algorithm<Input, Sampler> {
  return defineAlgorithm(definition);
}
