import type { Rng } from '../../../core/rng.ts';
import { decodeRow, encodeParams } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, meetsConstraints } from '../../trial/history.ts';
import { suggestUniform } from '../random/random.ts';
import { type Acquisition, believedBest, jointly, logEi, logFeasible, noiseFreeMeans } from './acquisition.ts';
import { coordinatesOf, type Point, pointOf, rowAt } from './coordinates.ts';
import { logSuccess } from './failures.ts';
import {
  believing,
  constraintAspect,
  constraintValues,
  type Model,
  type ModelInput,
  objectiveAspect,
  processOf,
  thinned,
} from './model.ts';
import { noisyLogEi } from './noisy-log-ei.ts';
import { objectiveModel } from './objective-model.ts';
import { keyOf, mostPromising } from './optimize.ts';
import { affordable, type GpPolicy } from './policy.ts';
import { isNoisy } from './process.ts';
import { qLogEi } from './q-log-ei.ts';
import { constraintCount, rankedTrials } from './ranked-trials.ts';
import { spaceFillingPoint } from './space-filling.ts';
import { standardized } from './targets.ts';
import { firstGuess, warmStart } from './warm-start/warm-start.ts';

/**
 * Returns the params of largest log expected improvement under a Gaussian process of the trials so far, or space-filling ones while these
 * are too few.
 */
export function suggestByProcess(space: CompiledSpace, history: History, rng: Rng, policy: GpPolicy): FlatParams {
  const coordinates = coordinatesOf(space);
  if (coordinates.axes.length === 0) return suggestUniform(space, rng);
  const at = (params: FlatParams): Point | null => pointOf(coordinates, encodeParams(space, params));
  const decode = (point: Point): FlatParams => decodeRow(space, rowAt(coordinates, point));
  const tried = history.observations.flatMap(({ params }) => at(params) ?? []);
  const known = rankedTrials(history, at, rng);
  const trials = thinned(known, policy.capacity);
  const failed = history.observations.filter(({ state }) => state === 'failed').length;
  const enough = known.length >= policy.startupTrials || (known.length >= 2 && known.length + failed >= 2 * policy.startupTrials);
  const input = { coordinates, history, trials, at, policy, rng };
  const found = enough || startsWarm(input, tried.length) ? acquisitionOf(input) : tried.length === 0 ? firstGuess(input) : null;
  if (found === null) return decode(spaceFillingPoint(coordinates, tried, rng));
  const { acquisition, incumbents } = found;
  const effort = {
    ...policy.effort,
    spread: affordable(policy.effort.spread, trials.length),
    near: affordable(policy.effort.near, trials.length),
  };
  return decode(mostPromising(coordinates, acquisition, incumbents, new Set(tried.map(keyOf)), effort, rng));
}

/** Maximum number of running trials in the model, the latest ones: certainty at these keeps new suggestions at a distance. */
const mostPending = 50;

interface Found {
  readonly acquisition: Acquisition;
  /** The best points so far, best first: by their noise-free values, as far as the model knows them. */
  readonly incumbents: readonly Point[];
}

/** Share of earlier studies in what is expected from which a search fills the space no longer. */
const trusted = 0.5;

/**
 * True if earlier studies order the few trials so far well enough for a model: on every other trial, so that the space is filled in between, or, where
 * they are trusted, on each.
 */
function startsWarm(input: ModelInput, tried: number): boolean {
  if (input.history.earlier === undefined || input.trials.length < 2) return false;
  const trust = warmStart(input, objectiveAspect(input))?.trust ?? 0;
  return trust > 0 && (tried % 2 === 0 || trust >= trusted);
}

/** @returns null if no process can be built. */
function acquisitionOf(input: ModelInput): Found | null {
  const { trials, history, at } = input;
  const pending = history.observations.flatMap(({ state, params }) => (state === 'running' ? (at(params) ?? []) : [])).slice(-mostPending);
  const constraints = constraintCount(trials);
  const feasible = trials.map(({ constraints: own }) => own.length === constraints && meetsConstraints(own));
  const parts: (Acquisition | null)[] = [];
  let ranked = trials.map(({ point }) => point);
  if (feasible.includes(true)) {
    const model = objectiveModel(input);
    parts.push(model === null ? null : improvement(model, feasible, pending, input.policy));
    if (model !== null) ranked = byNoiseFreeValue(model, feasible);
  }
  for (let c = 0; c < constraints; c++) {
    const { mean, deviation } = standardized(constraintValues(trials, c));
    const model = processOf(input, constraintAspect(input, c));
    parts.push(model === null ? null : logFeasible(believing(model, pending), deviation > 0 ? -mean / deviation : 0));
  }
  if (history.observations.some(({ state }) => state === 'failed')) parts.push(logSuccess(input, pending));
  const usable = parts.filter((part) => part !== null);
  return usable.length < parts.length || usable.length === 0 ? null : { acquisition: jointly(usable), incumbents: ranked.slice(0, 5) };
}

function improvement(model: Model, counts: readonly boolean[], pending: readonly Point[], policy: GpPolicy): Acquisition {
  const { process, data } = model;
  const integrates = policy.pending === 'integrate' || pending.length === 0;
  if (integrates && isNoisy(process)) {
    const noisy = noisyLogEi(process, data, counts, pending);
    if (noisy !== null) return noisy;
  }
  const believed = believing(model, pending);
  if (integrates && believed !== process) return qLogEi(believed, data.targets, process.mean, believedBest(process, data.targets, counts));
  return logEi(believed, believedBest(believed, data.targets, counts));
}

/** Returns the points of the trials that count, those of the largest posterior mean first. */
function byNoiseFreeValue({ process, data }: Model, counts: readonly boolean[]): Point[] {
  const means = noiseFreeMeans(process, data.targets);
  const order = data.points.map((_, i) => i).filter((i) => counts[i]!);
  return order.sort((a, b) => means[b]! - means[a]!).map((i) => data.points[i]!);
}
