import { type Algorithm, type AlgorithmDefinition, defineAlgorithm } from '../algorithm.ts';
import type { Pruner } from './pruner.ts';

/** A pruner described once: the builder that a study calls, and the entry of the list of pruners. */
export function definePruner<Options, Input>(definition: AlgorithmDefinition<Options, Input, Pruner>): Algorithm<Input, Pruner> {
  return defineAlgorithm(definition);
}
