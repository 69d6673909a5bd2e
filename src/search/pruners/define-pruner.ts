import { type Algorithm, type AlgorithmDefinition, defineAlgorithm } from '../algorithm.ts';
import type { Pruner } from './pruner.ts';

/**
 * Defines a pruner: returns the builder that a study calls, which is also its entry in the list of pruners. One that is in no list drives
 * searches in memory: `createAskTell({ ..., pruner: own.create(own().options, prunerOf) })`.
 */
export function definePruner<Options, Input>(definition: AlgorithmDefinition<Options, Input, Pruner>): Algorithm<Input, Pruner> {
  return defineAlgorithm(definition);
}
