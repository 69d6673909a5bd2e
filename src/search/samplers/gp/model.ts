import type { Rng } from '../../../core/rng.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, hasResult, type Observation } from '../../trial/history.ts';
import type { Coordinates, Point } from './coordinates.ts';
import { fitHyperparameters } from './fit.ts';
import { cachedFit, trialsOfLastFit } from './fit-cache.ts';
import { hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { affordable, type GpPolicy } from './policy.ts';
import { createPredictor } from './predict.ts';
import { noisyDimensionPrior } from './priors.ts';
import { condition, type Data, type Process } from './process.ts';
import { type RankedTrial, rankedTrials } from './ranked-trials.ts';
import { scaledTargets, standardized } from './targets.ts';

/** Input of the processes of one suggestion. */
export interface ModelInput {
  readonly coordinates: Coordinates;
  readonly history: History;
  /** Trials to model, best first. */
  readonly trials: readonly RankedTrial[];
  readonly at: (params: FlatParams) => Point | null;
  readonly policy: GpPolicy;
  readonly rng: Rng;
}

/** One quantity of the trials with its own process: the objective, a constraint or failure. */
export interface Aspect {
  readonly name: string;
  /** Trials for which it is known, in the order of their numbers. */
  readonly finished: readonly Observation[];
  readonly data: Data;
  /** Returns the data as of when only these trials had finished. */
  readonly dataOf: (finished: readonly Observation[]) => Data;
}

export function objectiveAspect(input: ModelInput): Aspect {
  const { output } = input.policy;
  return aspectOf(input, 'objective', (known) => {
    const { targets, slopes } = scaledTargets(
      Float64Array.from(known, ({ loss }) => loss),
      output,
    );
    const points = known.map(({ point }) => point);
    if (known.every(({ noise }) => noise === 0)) return { points, targets };
    // Beyond ten times the variance of all values a value says nothing, however much more noise it has.
    return {
      points,
      targets,
      noise: Float64Array.from(known, ({ noise }, i) => (noise === 0 ? 0 : Math.min(noise * slopes[i]! ** 2, 10))),
    };
  });
}

/** Returns the aspect of constraint c, from the trials that reported it; pruned ones may not have. */
export function constraintAspect(input: ModelInput, c: number): Aspect {
  return aspectOf(input, `constraint ${c}`, (known) => ({
    points: reportingConstraint(known, c).map(({ point }) => point),
    targets: standardized(constraintValues(known, c)).scaled,
  }));
}

export function constraintValues(known: readonly RankedTrial[], c: number): Float64Array {
  return Float64Array.from(reportingConstraint(known, c), ({ constraints }) => constraints[c]!);
}

function reportingConstraint(known: readonly RankedTrial[], c: number): readonly RankedTrial[] {
  return known.filter(({ constraints }) => constraints.length > c);
}

function aspectOf(
  { history, trials, at, policy, rng }: ModelInput,
  name: string,
  dataFor: (known: readonly RankedTrial[]) => Data,
): Aspect {
  return {
    name,
    finished: history.observations.filter(hasResult),
    data: dataFor(trials),
    dataOf: (observations) => dataFor(thinned(rankedTrials({ ...history, observations }, at, rng), policy.capacity)),
  };
}

/** A process and its data. */
export interface Model {
  readonly process: Process;
  readonly data: Data;
}

/**
 * Returns the process of one aspect. Its fit is warm-started from the last fit from scratch, see fit-cache.ts; with several objectives,
 * whose weights change with each suggestion, it starts from the prior.
 * @returns null if no process can be built.
 */
export function processOf(input: ModelInput, aspect: Aspect): Model | null {
  const { data } = aspect;
  const form = formOf(input.coordinates, input.policy);
  const process = condition(form, hyperparametersOf(logsOf(input, aspect, form), layoutOf(form)), data);
  return process === null ? null : { process, data };
}

function logsOf({ coordinates, history, policy }: ModelInput, { name, finished, data, dataOf }: Aspect, form: ModelForm): Float64Array {
  const fresh = (to: Data): Float64Array => fitTo(form, to, form.prior.starts(layoutOf(form)), policy.fitEvaluations, policy);
  if ((history.directions?.length ?? 1) > 1) return fresh(data);
  const lastFit = trialsOfLastFit(finished);
  const key = `${policy.key} ${history.direction} ${name}`;
  const logs = cachedFit(coordinates.space, key, lastFit, () => fresh(lastFit.length === finished.length ? data : dataOf(lastFit)));
  if (lastFit.length === finished.length) return logs;
  return cachedFit(coordinates.space, `${key}, corrected`, finished, () =>
    fitTo(form, data, [logs], affordable(policy.correctionEvaluations, data.points.length), policy),
  );
}

/** A process of a mixture and its share; the shares add up to 1. */
export interface Component {
  readonly process: Process;
  readonly share: number;
}

/**
 * Returns the process under the usual prior, and that under one of much noise, by the density of each at its best fit. Few trials of many
 * parameters are explained as well by a rough function without noise as by luck; then both readings count. A density is without the
 * constant of its prior of noise, so that neither reading is preferred beforehand. Not cached.
 * @returns an empty list if no process can be built.
 */
export function mixtureOf({ coordinates, policy }: ModelInput, { data }: Aspect): readonly Component[] {
  const usual = formOf(coordinates, policy);
  const layout = layoutOf(usual);
  const built = [usual, { ...usual, prior: noisyDimensionPrior }].flatMap((form) => {
    const fit = fitHyperparameters(form, fitPart(data, policy), form.prior.starts(layout), policy.fitEvaluations);
    const process = condition(form, fit.hyperparameters, data);
    return process === null ? [] : [{ process, logPosterior: fit.logPosterior }];
  });
  const largest = Math.max(...built.map(({ logPosterior }) => logPosterior));
  const densities = built.map(({ logPosterior }) => Math.exp(logPosterior - largest));
  const total = densities.reduce((sum, density) => sum + density, 0);
  return built.map(({ process }, i) => ({ process, share: densities[i]! / total }));
}

export function formOf({ axes }: Coordinates, { shape, mean, prior, warp, additive }: GpPolicy): ModelForm {
  const numeric = axes.flatMap(({ kind }, i) => (kind === 'numeric' ? [i] : []));
  return { shape, mean, prior, choices: axes.map(({ kind }) => kind === 'choice'), warpedAxes: warp ? numeric : [], additive };
}

function fitTo(form: ModelForm, data: Data, starts: readonly Float64Array[], evaluations: number, policy: GpPolicy): Float64Array {
  return fitHyperparameters(form, fitPart(data, policy), starts, evaluations).logs;
}

/** The data that hyperparameters are fitted to. */
function fitPart(data: Data, { fitCapacity }: GpPolicy): Data {
  const kept = thinned(
    data.points.map((_, i) => i),
    fitCapacity,
  );
  const of = (values: Float64Array): Float64Array => Float64Array.from(kept, (i) => values[i]!);
  const known = data.noise === undefined ? {} : { noise: of(data.noise) };
  return { points: kept.map((i) => data.points[i]!), targets: of(data.targets), ...known };
}

/** Returns the first half of `capacity` and an even selection of the rest. */
export function thinned<T>(ranked: readonly T[], capacity: number): readonly T[] {
  if (ranked.length <= capacity) return ranked;
  const best = Math.ceil(capacity / 2);
  const rest = ranked.slice(best);
  const stride = rest.length / (capacity - best);
  return [...ranked.slice(0, best), ...Array.from({ length: capacity - best }, (_, i) => rest[Math.floor(i * stride)]!)];
}

/**
 * Returns the process conditioned on its own predictions at running trials: it is certain there, so parallel workers keep a distance
 * ("kriging believer", Ginsbourger et al. 2010).
 */
export function believing({ process, data }: Model, pending: readonly Point[]): Process {
  if (pending.length === 0) return process;
  const { trend } = data;
  const believed = createPredictor(process)
    .atAll(pending)
    .map(({ mean }, i) => mean - (trend?.at(pending[i]!) ?? 0));
  const known = {
    ...(data.noise !== undefined && { noise: Float64Array.from([...data.noise, ...pending.map(() => 0)]) }),
    ...(trend !== undefined && { trend }),
  };
  const all = { points: [...data.points, ...pending], targets: Float64Array.from([...data.targets, ...believed]), ...known };
  return condition(process.form, process.hyperparameters, all) ?? process;
}
