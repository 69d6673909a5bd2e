/** A sampler of your own: of eight random points the one that is farthest from every trial so far. `createAskTell` takes it. */
import { type FlatParam, type FlatParams, random, type Sampler, samplerOf } from 'assay';

const uniform = samplerOf(random());

export const farthest: Sampler = {
  id: 'farthest',
  suggest: (space, history, rng) => {
    const drawn = Array.from({ length: 8 }, () => uniform.suggest(space, history, rng));
    const distances = drawn.map((params) => Math.min(...history.observations.map((trial) => distance(space.params, params, trial.params))));
    return drawn[distances.indexOf(Math.max(...distances))]!;
  },
};

/** From 0 to the number of parameters; one that only one of the two has counts whole. */
function distance(all: readonly FlatParam[], a: FlatParams, b: FlatParams): number {
  return all.reduce((sum, { name, param }) => {
    const [one, other] = [a[name], b[name]];
    if (one === other) return sum;
    if (param.type === 'choice' || typeof one !== 'number' || typeof other !== 'number') return sum + 1;
    return sum + Math.min(1, Math.abs(one - other) / (param.high - param.low));
  }, 0);
}
