import type { Rng } from '../../../core/rng.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, hasResult, type Observation } from '../../trial/history.ts';
import type { Coordinates, Point } from './coordinates.ts';
import { fitHyperparameters } from './fit.ts';
import { cachedFit, trialsOfLastFit } from './fit-cache.ts';
import { hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { affordable, type GpPolicy } from './policy.ts';
import { createPredictor } from './predict.ts';
import { condition, type Data, type Process } from './process.ts';
import { type RankedTrials, rankedTrials } from './ranked-trials.ts';
import { modelTargets, standardized } from './targets.ts';

/** What processes are made from. */
export interface ModelInput {
  readonly coordinates: Coordinates;
  readonly history: History;
  /** The trials that are modelled, ranked. */
  readonly trials: readonly RankedTrials[];
  readonly at: (params: FlatParams) => Point | null;
  readonly policy: GpPolicy;
  readonly rng: Rng;
}

/** One figure of the trials that gets a process of its own. */
export interface Aspect {
  readonly name: string;
  /** The trials that have it, in the order of their numbers. */
  readonly finished: readonly Observation[];
  readonly data: Data;
  /** The data as they were when only these of the trials had finished. */
  readonly dataOf: (finished: readonly Observation[]) => Data;
}

export function objectiveAspect(evidence: ModelInput): Aspect {
  const { output } = evidence.policy;
  return aspectOf(evidence, 'objective', (known) => ({
    points: known.map(({ point }) => point),
    targets: modelTargets(
      Float64Array.from(known, ({ loss }) => loss),
      output,
    ),
  }));
}

/** Of the trials that were told this constraint; a pruned one may not have been. */
export function constraintAspect(evidence: ModelInput, c: number): Aspect {
  return aspectOf(evidence, `constraint ${c}`, (known) => ({
    points: toldConstraint(known, c).map(({ point }) => point),
    targets: standardized(constraintValues(known, c)).scaled,
  }));
}

export function constraintValues(known: readonly RankedTrials[], c: number): Float64Array {
  return Float64Array.from(toldConstraint(known, c), ({ constraints }) => constraints[c]!);
}

function toldConstraint(known: readonly RankedTrials[], c: number): readonly RankedTrials[] {
  return known.filter(({ constraints }) => constraints.length > c);
}

function aspectOf(
  { history, trials, at, policy, rng }: ModelInput,
  name: string,
  dataFor: (known: readonly RankedTrials[]) => Data,
): Aspect {
  return {
    name,
    finished: history.observations.filter(hasResult),
    data: dataFor(trials),
    dataOf: (observations) => dataFor(thinned(rankedTrials({ ...history, observations }, at, rng), policy.capacity)),
  };
}

/** A process and what it is conditioned on. */
export interface Model {
  readonly process: Process;
  readonly data: Data;
}

/**
 * The process of one aspect. Its fit begins at that of the anchor's trials, see anchor.ts; with several objectives, whose
 * weighting is another one at each ask, at the prior's start.
 * @returns null where none can be built.
 */
export function processOf(evidence: ModelInput, aspect: Aspect): Model | null {
  const { data } = aspect;
  const form = formOf(evidence.coordinates, evidence.policy);
  const process = condition(form, hyperparametersOf(logsOf(evidence, aspect, form), layoutOf(form)), data);
  return process === null ? null : { process, data };
}

function logsOf({ coordinates, history, policy }: ModelInput, { name, finished, data, dataOf }: Aspect, form: ModelForm): Float64Array {
  const fresh = (to: Data): Float64Array => fitTo(form, to, form.prior.start(layoutOf(form)), policy.fitEvaluations, policy);
  if ((history.directions?.length ?? 1) > 1) return fresh(data);
  const anchor = trialsOfLastFit(finished);
  const logs = cachedFit(coordinates.space, `${policy.key} ${name}`, anchor, () =>
    fresh(anchor.length === finished.length ? data : dataOf(anchor)),
  );
  return anchor.length === finished.length
    ? logs
    : fitTo(form, data, logs, affordable(policy.correctionEvaluations, data.points.length), policy);
}

function formOf({ axes }: Coordinates, { shape, mean, prior, warp, additive }: GpPolicy): ModelForm {
  const numeric = axes.flatMap(({ kind }, i) => (kind === 'numeric' ? [i] : []));
  return { shape, mean, prior, choices: axes.map(({ kind }) => kind === 'choice'), warpedAxes: warp ? numeric : [], additive };
}

function fitTo(form: ModelForm, data: Data, start: Float64Array, evaluations: number, { fitCapacity }: GpPolicy): Float64Array {
  const kept = thinned(
    data.points.map((_, i) => i),
    fitCapacity,
  );
  const part = { points: kept.map((i) => data.points[i]!), targets: Float64Array.from(kept, (i) => data.targets[i]!) };
  return fitHyperparameters(form, part, start, evaluations).logs;
}

/** The first half of `capacity` and an even choice of what follows. */
export function thinned<T>(ranked: readonly T[], capacity: number): readonly T[] {
  if (ranked.length <= capacity) return ranked;
  const best = Math.ceil(capacity / 2);
  const rest = ranked.slice(best);
  const stride = rest.length / (capacity - best);
  return [...ranked.slice(0, best), ...Array.from({ length: capacity - best }, (_, i) => rest[Math.floor(i * stride)]!)];
}

/**
 * The process after the trials under way have turned out as it expects: there it is sure, so that parallel workers keep
 * apart ("kriging believer", Ginsbourger et al. 2010).
 */
export function believing({ process, data }: Model, pending: readonly Point[]): Process {
  if (pending.length === 0) return process;
  const believed = createPredictor(process)
    .atAll(pending)
    .map(({ mean }) => mean);
  const all = { points: [...data.points, ...pending], targets: Float64Array.from([...data.targets, ...believed]) };
  return condition(process.form, process.hyperparameters, all) ?? process;
}
