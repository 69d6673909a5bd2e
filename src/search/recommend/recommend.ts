import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import { type Complete, lossOf, violation } from '../objectives/loss.ts';
import { coordinatesOf, type Point, pointOf } from '../samplers/gp/coordinates.ts';
import { type ModelInput, mixtureOf, objectiveAspect, thinned } from '../samplers/gp/model.ts';
import { keyOf } from '../samplers/gp/optimize.ts';
import { gpOptions } from '../samplers/gp/options.ts';
import { policyOf } from '../samplers/gp/policy.ts';
import { createPredictor, type Prediction } from '../samplers/gp/predict.ts';
import { rankedTrials } from '../samplers/gp/ranked-trials.ts';
import { type ScaledTargets, scaledTargets } from '../samplers/gp/targets.ts';
import { encodeParams } from '../space/codec.ts';
import type { CompiledSpace } from '../space/compile.ts';
import type { FlatParams } from '../space/param.ts';
import type { Direction, History } from '../trial/history.ts';
import { recommendationInWords } from './words.ts';

/** A configuration as the model sees it, which is less lucky than its best trial. Values are in the units of the objective. */
export interface Recommendation {
  /** Its best trial. */
  readonly number: number;
  readonly params: FlatParams;
  /** Numbers of all complete trials with these params. */
  readonly trials: readonly number[];
  /** Mean of their values. */
  readonly observed: number;
  /** What one more trial of it is expected to bring (null: too few trials for a model). */
  readonly expected: Expected | null;
  readonly inWords: string;
}

export interface Expected {
  readonly value: number;
  /** The value of the configuration one standard deviation below and above what is expected of it, the smaller first. */
  readonly low: number;
  readonly high: number;
  /** Standard deviation of a single trial around the value of its configuration. */
  readonly noise: number;
}

/** Number of complete trials below which nothing is modelled; as many fill the space before a search begins to model. */
const fewest = 8;

/** Trials a parameter below which, with none repeated, a process passes through all values and finds no noise: said, as the interval is too narrow. */
const perParam = 4;

/**
 * Returns the tried configurations that meet their constraints, best first by the pessimistic end of their expected value: the posterior mean of a
 * Gaussian process less its standard deviation. A configuration with a lucky trial is expected to do worse when it is tried again (the winner's
 * curse), most where trials nearby did worse. With fewer than 8 trials the order is that of the values.
 *
 * @param history of one objective
 * @throws AssayError `usage` for several objectives
 * @example
 * ```ts
 * import { compileSpace, float, recommend } from 'assay';
 *
 * const space = compileSpace({ x: float(0, 1) });
 * const observations = [0.1, 0.4, 0.5].map((x, number) => ({ state: 'complete', number, params: { x }, value: x }) as const);
 * const [best] = recommend(space, { direction: 'minimize', observations });
 * console.log(best?.params, best?.inWords);
 * ```
 */
export function recommend(space: CompiledSpace, history: History): readonly Recommendation[] {
  if ((history.directions?.length ?? 1) > 1)
    throw new AssayError('usage', 'a recommendation is made for one objective', { hint: 'look at the Pareto set: assay best' });
  const { direction } = history;
  const groups = configurations(space, history);
  const complete = groups.reduce((sum, { trials }) => sum + trials.length, 0);
  const judge = complete < fewest ? null : judgeOf(space, history);
  const judgements = judge?.(groups.flatMap(({ point }) => point ?? [])) ?? [];
  const isGuess = groups.length === complete && complete < perParam * space.params.length;
  let next = 0;
  return groups
    .map(({ point, trials }) => {
      const observed = trials.reduce((sum, { value }) => sum + value / trials.length, 0);
      const judged = (point === null ? undefined : judgements[next++]) ?? {
        expected: null,
        rank: lossOf(observed, direction),
        modelled: false,
      };
      const { expected, rank, modelled } = judged;
      const best = trials.reduce((a, b) => (lossOf(b.value, direction) < lossOf(a.value, direction) ? b : a));
      const known = { number: best.number, params: best.params, trials: trials.map(({ number }) => number), observed, expected };
      return { recommendation: { ...known, inWords: recommendationInWords(known, isGuess) }, rank, modelled };
    })
    .sort(
      (a, b) =>
        // A rank by the model and a loss are no numbers of one scale: what the model does not know comes last.
        Number(a.recommendation.expected === null) - Number(b.recommendation.expected === null) ||
        // Of many trials the model has the better half and some of the others: what it expects of the rest ignores what they brought.
        Number(b.modelled) - Number(a.modelled) ||
        a.rank - b.rank ||
        a.recommendation.number - b.recommendation.number,
    )
    .map(({ recommendation }) => recommendation);
}

interface Configuration {
  readonly point: Point | null;
  readonly trials: readonly Complete[];
}

/** Groups the complete trials that meet their constraints by what the model sees of their params. */
function configurations(space: CompiledSpace, { observations }: History): readonly Configuration[] {
  const coordinates = coordinatesOf(space);
  const groups = new Map<string, { point: Point | null; trials: Complete[] }>();
  for (const trial of observations) {
    if (trial.state !== 'complete' || Number.isNaN(trial.value) || violation(trial) > 0) continue;
    const point = pointOf(coordinates, encodeParams(space, trial.params));
    const key = point === null ? JSON.stringify(trial.params) : keyOf(point);
    const group = groups.get(key) ?? { point, trials: [] };
    group.trials.push(trial);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What is expected of a point, and its place in the order: the smaller the better. */
interface Judgement {
  readonly expected: Expected;
  readonly rank: number;
  /** True if the model was made of trials of this point, among others. */
  readonly modelled: boolean;
}

/** @returns null if no process can be built. */
function judgeOf(space: CompiledSpace, history: History): ((points: readonly Point[]) => readonly Judgement[]) | null {
  const policy = policyOf(gpOptions.parse({}));
  const coordinates = coordinatesOf(space);
  const at = (params: FlatParams): Point | null => pointOf(coordinates, encodeParams(space, params));
  // One objective: nothing is drawn.
  const rng = createRng('recommendation');
  const trials = thinned(rankedTrials(history, at, rng), policy.capacity);
  if (trials.length === 0) return null;
  const input: ModelInput = { coordinates, history, trials, at, policy, rng };
  const mixture = mixtureOf(input, objectiveAspect(input));
  if (mixture.length === 0) return null;
  const scale = scaledTargets(
    Float64Array.from(trials, ({ loss }) => loss),
    policy.output,
  );
  const modelled = new Set(trials.map(({ point }) => keyOf(point)));
  return (points) => {
    const predicted = mixture.map(({ process }) => createPredictor(process).atAll(points));
    return points.map((point, i) => {
      const views = mixture.map(({ process, share }, k) => ({ ...predicted[k]![i]!, noise: process.hyperparameters.noise, share }));
      const mean = views.reduce((sum, view) => sum + view.share * view.mean, 0);
      // The variance of a mixture: within its parts, and between them.
      const variance = views.reduce((sum, view) => sum + view.share * (view.variance + (view.mean - mean) ** 2), 0);
      const noise = views.reduce((sum, view) => sum + view.share * view.noise, 0);
      return {
        expected: expectedOf({ mean, variance }, noise, scale, history.direction),
        rank: Math.sqrt(variance) - mean,
        modelled: modelled.has(keyOf(point)),
      };
    });
  };
}

/** Nodes and weights of Gauss-Hermite quadrature of a standard normal variable with five points (Abramowitz and Stegun, table 25.10). */
const nodes = [-2.8569700138728056, -1.355626179974266, 0, 1.355626179974266, 2.8569700138728056];
const weights = [0.011257411327720693, 0.2220759220056126, 0.5333333333333333, 0.2220759220056126, 0.011257411327720693];

function expectedOf({ mean, variance }: Prediction, noise: number, { lossOf: back }: ScaledTargets, direction: Direction): Expected {
  const sign = direction === 'minimize' ? 1 : -1;
  const [deviation, all] = [Math.sqrt(variance), Math.sqrt(variance + noise)];
  const over = (spread: number, of: (loss: number) => number): number =>
    nodes.reduce((sum, node, i) => sum + weights[i]! * of(back(mean + spread * node)), 0);
  const middle = over(Math.sqrt(noise), (loss) => loss);
  const ends = [sign * back(mean + deviation), sign * back(mean - deviation)].map(bounded);
  // Divided first, so that squares near the largest double do not overflow.
  const size = Math.max(Math.abs(middle), ...nodes.map((node) => Math.abs(back(mean + Math.sqrt(noise) * node))), Number.MIN_VALUE);
  return {
    value: bounded(sign * over(all, (loss) => loss)),
    low: Math.min(...ends),
    high: Math.max(...ends),
    noise: bounded(size * Math.sqrt(over(Math.sqrt(noise), (loss) => (loss / size - middle / size) ** 2))),
  };
}

/** The finite number nearest to one. */
function bounded(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
