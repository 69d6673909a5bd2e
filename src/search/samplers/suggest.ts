import type { Rng } from '../../core/rng.ts';
import { timeBoxed } from '../../core/time-box.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { History } from '../trial/history.ts';
import type { Sampler } from './sampler.ts';
import { longestSuggestionMs } from './suggestion-limit.ts';

/**
 * Returns the sampler's suggestion. The only caller of `suggest` outside of samplers.
 * @throws AssayError `study_invalid` after 30 s, so that no sampler blocks its process for ever; errors of the sampler
 */
export function suggest(sampler: Sampler, space: CompiledSpace, history: History, rng: Rng): FlatParams {
  return timeBoxed(`a suggestion of the sampler ${sampler.id}`, longestSuggestionMs, () => sampler.suggest(space, history, rng));
}
