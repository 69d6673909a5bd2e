import type { Rng } from '../../../core/rng.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History } from '../../trial/history.ts';
import { anchorTrials, fittedOnce } from './anchor.ts';
import type { Coordinates, Point } from './coordinates.ts';
import { fitHyperparameters } from './fit.ts';
import { hyperparametersOf, layoutOf, type ModelForm } from './hyperparameters.ts';
import { type Known, knownTrials } from './known.ts';
import { affordable, type GpPolicy } from './policy.ts';
import { createPredictor } from './predict.ts';
import { condition, type Data, type Process } from './process.ts';
import { standardized, targetsOf } from './targets.ts';

/** One figure of the trials that gets a process of its own. */
export interface Aspect {
  readonly name: string;
  /** The figures of ranked trials as targets of the model. */
  readonly targetsOf: (known: readonly Known[]) => Float64Array;
}

export function objectiveAspect({ output }: GpPolicy): Aspect {
  return {
    name: 'objective',
    targetsOf: (known) =>
      targetsOf(
        Float64Array.from(known, ({ loss }) => loss),
        output,
      ),
  };
}

export function constraintAspect(c: number): Aspect {
  return { name: `constraint ${c}`, targetsOf: (known) => standardized(constraintValues(known, c)).scaled };
}

export function constraintValues(known: readonly Known[], c: number): Float64Array {
  return Float64Array.from(known, ({ constraints }) => constraints[c]!);
}

/** What processes are made from. */
export interface Evidence {
  readonly coordinates: Coordinates;
  readonly history: History;
  /** The trials that are modelled, ranked. */
  readonly trials: readonly Known[];
  readonly at: (params: FlatParams) => Point | null;
  readonly policy: GpPolicy;
  readonly rng: Rng;
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
export function processOf(evidence: Evidence, aspect: Aspect): Model | null {
  const { coordinates, trials, policy } = evidence;
  const form = formOf(coordinates, policy);
  const data = { points: trials.map(({ point }) => point), targets: aspect.targetsOf(trials) };
  const process = condition(form, hyperparametersOf(logsOf(evidence, aspect, form, data), layoutOf(form)), data);
  return process === null ? null : { process, data };
}

function logsOf({ coordinates, history, at, policy, rng }: Evidence, aspect: Aspect, form: ModelForm, data: Data): Float64Array {
  const fresh = (to: Data): Float64Array => fitTo(form, to, form.prior.start(layoutOf(form)), policy.fitEvaluations, policy);
  if ((history.directions?.length ?? 1) > 1) return fresh(data);
  const finished = history.observations.filter(({ state }) => state !== 'running');
  const anchor = anchorTrials(finished);
  const logs = fittedOnce(coordinates.space, `${policy.key} ${aspect.name}`, anchor, () => {
    if (anchor.length === finished.length) return fresh(data);
    const earlier = thinned(knownTrials({ ...history, observations: anchor }, at, rng), policy.capacity);
    return fresh({ points: earlier.map(({ point }) => point), targets: aspect.targetsOf(earlier) });
  });
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
