import type { Rng } from '../../core/rng.ts';
import { timeBoxed } from '../../core/time-box.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { History } from '../trial/history.ts';
import type { Fork, Population, Sampler } from './sampler.ts';
import { longestSuggestionMs } from './suggestion-limit.ts';

/**
 * Returns the sampler's suggestion. The only caller of `suggest` outside of samplers.
 * @throws AssayError `study_invalid` after 30 s, so that no sampler blocks its process for ever; errors of the sampler
 */
export function suggest(sampler: Sampler, space: CompiledSpace, history: History, rng: Rng): FlatParams {
  return limited(sampler, 'a suggestion', () => sampler.suggest(space, history, rng));
}

/**
 * Returns the fork that the sampler begins (null: none). The only caller of `fork` outside of samplers.
 * @throws AssayError as {@link suggest}
 */
export function forkOf(sampler: Sampler, space: CompiledSpace, members: Population, rng: Rng): Fork | null {
  return limited(sampler, 'a fork', () => sampler.fork?.(space, members, rng) ?? null);
}

const hint = 'take a cheaper sampler, such as tpe or random, or a smaller space';

function limited<Answer>({ id }: Sampler, what: string, answer: () => Answer): Answer {
  return timeBoxed({ what: `${what} of the sampler ${id}`, place: 'sampler', hint }, longestSuggestionMs, answer);
}
