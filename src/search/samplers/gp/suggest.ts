import type { Rng } from '../../../core/rng.ts';
import { decodeRow, encodeParams } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History } from '../../trial/history.ts';
import { suggestUniform } from '../random/random.ts';
import { type Acquisition, believedBest, logEi, logFeasible, together } from './acquisition.ts';
import { type Coordinates, coordinatesOf, type Point, pointOf, rowAt } from './coordinates.ts';
import { type Fit, fitHyperparameters } from './fit.ts';
import type { ModelForm } from './hyperparameters.ts';
import { type Known, knownTrials } from './known.ts';
import { keyOf, mostPromising, type SearchEffort } from './optimize.ts';
import { createPredictor } from './predict.ts';
import { condition, type Data, type Process } from './process.ts';
import { awayFrom } from './spread.ts';
import { type OutputTransform, standardized, targetsOf } from './targets.ts';

/** How the process is built and asked. */
export interface GpPolicy extends Pick<ModelForm, 'shape' | 'mean' | 'prior'> {
  /** Space-filling trials until so many are finished. */
  readonly startupTrials: number;
  readonly output: OutputTransform;
  /** Whether numeric axes get a warp. */
  readonly warp: boolean;
  /** At most so many trials are modelled: the best half, and an even choice of the others. */
  readonly capacity: number;
  /** At most so many of them are used to fit the hyperparameters. */
  readonly fitCapacity: number;
  readonly fitEvaluations: number;
  readonly effort: SearchEffort;
}

/** The point of largest log expected improvement under a Gaussian process of the trials so far; space-filling before. */
export function suggestByProcess(space: CompiledSpace, history: History, rng: Rng, policy: GpPolicy): FlatParams {
  const coordinates = coordinatesOf(space);
  if (coordinates.axes.length === 0) return suggestUniform(space, rng);
  const at = (params: FlatParams): Point | null => pointOf(coordinates, encodeParams(space, params));
  const decode = (point: Point): FlatParams => decodeRow(space, rowAt(coordinates, point));
  const tried = history.observations.flatMap(({ params }) => at(params) ?? []);
  const known = knownTrials(history, at, rng);
  const acquisition = known.length < policy.startupTrials ? null : acquisitionOf(coordinates, known, running(history, at), policy);
  if (acquisition === null) return decode(awayFrom(coordinates, tried, rng));
  const incumbents = known.slice(0, 5).map(({ point }) => point);
  return decode(mostPromising(coordinates, acquisition, incumbents, new Set(tried.map(keyOf)), policy.effort, rng));
}

/** More trials under way are not told apart: what is sure at the latest ones is enough to keep new ones away. */
const mostPending = 50;

function running({ observations }: History, at: (params: FlatParams) => Point | null): readonly Point[] {
  return observations.flatMap(({ state, params }) => (state === 'running' ? (at(params) ?? []) : [])).slice(-mostPending);
}

/** @returns null where no process can be built. */
function acquisitionOf(coordinates: Coordinates, known: readonly Known[], pending: readonly Point[], policy: GpPolicy): Acquisition | null {
  const form = formOf(coordinates, policy);
  const modelled = thinned(known, policy.capacity);
  const points = modelled.map(({ point }) => point);
  const processOf = (values: Float64Array): Process | null => {
    const data = { points, targets: values };
    const { hyperparameters } = fitted(form, data, policy);
    const process = condition(form, hyperparameters, data);
    return process === null ? null : believing(process, data, pending);
  };

  const constraints = Math.min(...modelled.map(({ constraints: own }) => own.length));
  const feasible = modelled.map(({ constraints: own }) => own.every((value) => value <= 0));
  const parts: (Acquisition | null)[] = [];
  if (feasible.includes(true)) {
    const targets = targetsOf(
      Float64Array.from(modelled, ({ loss }) => loss),
      policy.output,
    );
    const process = processOf(targets);
    parts.push(process === null ? null : logEi(process, believedBest(process, targets, feasible)));
  }
  for (let c = 0; c < constraints; c++) {
    const values = Float64Array.from(modelled, ({ constraints: own }) => own[c]!);
    const { scaled, mean, deviation } = standardized(values);
    const process = processOf(scaled);
    parts.push(process === null ? null : logFeasible(process, deviation > 0 ? -mean / deviation : 0));
  }
  const usable = parts.filter((part) => part !== null);
  return usable.length < parts.length || usable.length === 0 ? null : together(usable);
}

function formOf({ axes }: Coordinates, { shape, mean, prior, warp }: GpPolicy): ModelForm {
  const numeric = axes.flatMap(({ kind }, i) => (kind === 'numeric' ? [i] : []));
  return { shape, mean, prior, choices: axes.map(({ kind }) => kind === 'choice'), warpedAxes: warp ? numeric : [] };
}

function fitted(form: ModelForm, data: Data, { fitCapacity, fitEvaluations }: GpPolicy): Fit {
  const kept = thinned(
    data.points.map((_, i) => i),
    fitCapacity,
  );
  const part = { points: kept.map((i) => data.points[i]!), targets: Float64Array.from(kept, (i) => data.targets[i]!) };
  return fitHyperparameters(form, part, fitEvaluations);
}

/** The first half of `capacity` and an even choice of what follows. */
function thinned<T>(ranked: readonly T[], capacity: number): readonly T[] {
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
function believing(process: Process, data: Data, pending: readonly Point[]): Process {
  if (pending.length === 0) return process;
  const predictor = createPredictor(process);
  const believed = pending.map((point) => predictor.at(point).mean);
  const all = { points: [...data.points, ...pending], targets: Float64Array.from([...data.targets, ...believed]) };
  return condition(process.form, process.hyperparameters, all) ?? process;
}
