import type { Observation } from '../../trial/history.ts';

/** Weight of the spread of all trials' seeds in that of one trial's, as a number of seeds. */
const pooledSeeds = 4;

/**
 * Returns the variance of each trial's value, 0 where it told none (null: none did); of a pruned trial that of its forecast. Few seeds say little of their own spread (that of two is below a
 * hundredth of the true one in one case of thirteen), so that it is drawn towards the mean over all trials, as if that came from `pooledSeeds` more
 * seeds (Smyth 2004, "Linear models and empirical Bayes methods", section 4). A variance told without seeds is taken as known.
 */
export function toldVariances(observations: readonly Observation[]): Float64Array | null {
  let [total, weights, told] = [0, 0, 0];
  for (const trial of observations) {
    if (trial.state === 'pruned' && trial.expected !== undefined) told += 1;
    if (trial.state !== 'complete' || trial.noise === undefined) continue;
    const { variance, seeds } = trial.noise;
    told += 1;
    if (seeds === undefined) continue;
    total += (seeds - 1) * variance * seeds;
    weights += seeds - 1;
  }
  if (told === 0) return null;
  const pooled = weights === 0 ? 0 : total / weights;
  return Float64Array.from(observations, (trial) => {
    if (trial.state === 'pruned') return (trial.expected?.sd ?? 0) ** 2;
    if (trial.state !== 'complete' || trial.noise === undefined) return 0;
    const { variance, seeds } = trial.noise;
    return seeds === undefined ? variance : (pooledSeeds * pooled + (seeds - 1) * variance * seeds) / (pooledSeeds + seeds - 1) / seeds;
  });
}
