import type { Sampler } from '../samplers/sampler.ts';
import type { Pruner } from './pruner.ts';

/** The sampler as it works beside a pruner that may keep trials apart. */
export function withHistoryFilter({ filterHistory: lesson }: Pruner, sampler: Sampler): Sampler {
  if (lesson === undefined || sampler.ignoresHistoryFilter) return sampler;
  return { ...sampler, suggest: (space, history, rng) => sampler.suggest(space, lesson(history), rng) };
}
