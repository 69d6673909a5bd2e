import type { Sampler } from '../samplers/sampler.ts';
import type { Pruner } from './pruner.ts';

/** Wraps a sampler so that it only sees the trials that the pruner's `filterHistory` returns. */
export function withHistoryFilter({ filterHistory: lesson }: Pruner, sampler: Sampler): Sampler {
  if (lesson === undefined || sampler.ignoresHistoryFilter) return sampler;
  return { ...sampler, suggest: (space, history, rng) => sampler.suggest(space, lesson(history), rng) };
}
