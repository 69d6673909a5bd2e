import type { FlatParams } from '../space/param.ts';
import { byConfiguration, configurationsOf } from '../trial/configurations.ts';
import { type History, meetsConstraints } from '../trial/history.ts';
import type { Replicates } from '../trial/replicates.ts';
import type { Sampler } from './sampler.ts';

/**
 * Wraps a sampler so that configurations are tried again with other seeds: each `n` times, or, with `auto`, where the sampler's model says that
 * a second look is worth more than the trial that it would suggest.
 */
export function withReplicates(sampler: Sampler, replicates: Replicates): Sampler {
  if (replicates === 'none') return sampler;
  if (replicates === 'auto')
    return {
      ...sampler,
      suggest: (space, history, rng) => {
        const params = sampler.suggest(space, history, rng);
        return sampler.secondLook?.(space, history, params, rng.fork('second look')) ?? params;
      },
    };
  const { trials } = sampler;
  return {
    ...sampler,
    ...(trials !== undefined && { trials: (space) => trials(space) * BigInt(replicates) }),
    suggest: (space, history, rng) => unfinished(history, replicates) ?? sampler.suggest(space, byConfiguration(history), rng),
  };
}

/**
 * Returns the params of the first configuration that has a complete trial and fewer than n trials (null: none). One of which a trial missed a
 * constraint, was pruned or failed is settled.
 */
function unfinished(history: History, n: number): FlatParams | null {
  for (const { params, trials } of configurationsOf(history.observations)) {
    if (trials.length >= n || !trials.some(({ state }) => state === 'complete')) continue;
    const settled = trials.some(
      (trial) =>
        trial.state === 'pruned' || trial.state === 'failed' || (trial.state === 'complete' && !meetsConstraints(trial.constraints)),
    );
    if (!settled) return params;
  }
  return null;
}
