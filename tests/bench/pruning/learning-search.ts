import { createRng, type Rng } from '../../../src/core/rng.ts';
import type { AlgorithmRef } from '../../../src/search/algorithm.ts';
import { forecast, prunerOf } from '../../../src/search/pruners/index.ts';
import type { PeerCurve } from '../../../src/search/pruners/pruner.ts';
import { samplerOf } from '../../../src/search/samplers/index.ts';
import type { Direction, Observation } from '../../../src/search/trial/history.ts';
import type { Problem } from '../quality/families/problem.ts';

/** A kind of training whose end is a function of the parameters. */
export interface LearningFamily {
  readonly name: string;
  readonly direction: Direction;
  /**
   * Returns the curve of one trial.
   * @param regret of its parameters, in interquartile ranges of random search.
   */
  readonly curveOf: (regret: number, rng: Rng) => (t: number) => number;
  readonly noise: number;
  /** Value at the end without noise. */
  readonly endOf: (regret: number) => number;
}

/** Bends regrets to a range in which curves of all of them are of one size. */
const bent = (regret: number): number => regret / (1 + regret);

/** The families of `npm run bench:pruning`, with ends that the parameters decide. */
export const learningFamilies: readonly LearningFamily[] = [
  {
    name: 'crossing curves',
    direction: 'minimize',
    noise: 0.02,
    endOf: bent,
    // Fast starts tend to end high.
    curveOf: (regret, rng) => {
      const rate = 2 + 10 * Math.min(Math.max(0.6 * bent(regret) + 0.4 * rng.uniform(), 0), 1);
      return (t) => bent(regret) + (2 - bent(regret)) * (Math.exp(-rate * t) - Math.exp(-rate) * t);
    },
  },
  {
    name: 'noisy returns',
    direction: 'maximize',
    noise: 0.3,
    endOf: (regret) => 1 - 2 * bent(regret),
    curveOf: (regret, rng) => {
      const middle = 0.05 + 0.25 * rng.uniform();
      const plateau = 1 - 2 * bent(regret);
      return (t) => -3 + (plateau + 3) / (1 + Math.exp(-(t - middle) / 0.05));
    },
  },
  {
    name: 'late bloomers',
    direction: 'maximize',
    noise: 0.02,
    endOf: (regret) => 1 - bent(regret),
    curveOf: (regret, rng) => {
      const click = 0.05 + 0.25 * rng.uniform();
      const height = 1 - bent(regret);
      return (t) => (t < click ? 0.05 : height - (height - 0.05) * Math.exp(-(t - click) / 0.08));
    },
  },
];

export interface LearningRun {
  /** Regret of the best complete trial, in interquartile ranges of random search. */
  readonly regret: number;
  readonly steps: number;
  readonly pruned: number;
}

const trialSteps = 50;

/**
 * Runs a search whose trials the pruner `forecast` stops.
 * @param told whether the sampler learns the forecasts of pruned trials, or their last reports alone.
 */
export function learningSearch(
  problem: Problem,
  { direction, curveOf, endOf, noise }: LearningFamily,
  sampler: AlgorithmRef,
  { seed, trials, told }: { readonly seed: number; readonly trials: number; readonly told: boolean },
): LearningRun {
  const { space, truth, minimum, spread } = problem;
  const [suggesting, pruner] = [samplerOf(sampler), prunerOf(forecast())];
  const observations: Observation[] = [];
  const peers: PeerCurve[] = [];
  let [best, spent, pruned] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let number = 0; number < trials; number++) {
    const params = suggesting.suggest(space, { direction, observations, next: number, seed }, createRng(`${seed}/${number}`));
    const regret = Math.max((truth(params) - minimum) / spread, 0);
    const rng = createRng(`${problem.name}/${seed}/${number}`);
    const at = curveOf(regret, rng);
    const curve = { number, steps: [] as number[], values: [] as number[] };
    let end: Observation = { state: 'complete', number, params, value: endOf(regret) };
    for (let step = 1; step <= trialSteps; step++) {
      curve.steps.push(step);
      curve.values.push(at(step / trialSteps) + noise * rng.normal());
      spent++;
      const decision = pruner.decide(curve, peers, direction);
      if (!decision.prune || step === trialSteps) continue;
      const expected = told && decision.expected !== undefined ? { expected: decision.expected } : {};
      end = { state: 'pruned', number, params, last: { step, value: curve.values.at(-1)! }, ...expected };
      pruned++;
      break;
    }
    observations.push(end);
    peers.push({
      ...curve,
      state: end.state === 'complete' ? 'complete' : 'pruned',
      ...(end.state === 'complete' && { value: end.value }),
    });
    if (end.state === 'complete') best = Math.min(best, regret);
  }
  return { regret: best, steps: spent, pruned };
}
