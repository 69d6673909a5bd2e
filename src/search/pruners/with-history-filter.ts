import type { Sampler } from '../samplers/sampler.ts';
import type { Pruner } from './pruner.ts';

/** Wraps a sampler so that it only sees the trials that the pruner's `filterHistory` returns. */
export function withHistoryFilter({ filterHistory }: Pruner, sampler: Sampler): Sampler {
  if (filterHistory === undefined || sampler.ignoresHistoryFilter) return sampler;
  return { ...sampler, suggest: (space, history, rng) => sampler.suggest(space, filterHistory(history), rng) };
}
