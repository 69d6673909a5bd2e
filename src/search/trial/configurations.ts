import { canonicalJson } from '../../core/json.ts';
import type { FlatParams } from '../space/param.ts';
import { type Direction, type History, meetsConstraints, type Observation } from './history.ts';
import { noiseOfMean } from './told-noise.ts';

/** Trials of the same parameters, in the order of their numbers. */
interface Configuration {
  readonly params: FlatParams;
  readonly trials: readonly Observation[];
}

/** Groups trials by their parameters, in the order of the first trial of each. */
export function configurationsOf(observations: readonly Observation[]): readonly Configuration[] {
  const groups = new Map<string, { readonly params: FlatParams; readonly trials: Observation[] }>();
  for (const trial of observations) {
    const key = keyOf(trial.params);
    const group = groups.get(key) ?? { params: trial.params, trials: [] };
    group.trials.push(trial);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const keys = new WeakMap<FlatParams, string>();

/** Equal for equal parameters, whatever their order. */
function keyOf(params: FlatParams): string {
  const known = keys.get(params) ?? canonicalJson(params);
  keys.set(params, known);
  return known;
}

/** What the complete trials of one configuration showed. */
export interface ConfigurationFigures {
  /** Number of complete trials. */
  readonly n: number;
  readonly mean: number;
  /** Standard deviation with denominator n - 1 (null: fewer than two trials). */
  readonly sd: number | null;
  readonly worst: number;
}

/** @param values of the complete trials, at least one */
export function figuresOf(values: readonly number[], direction: Direction): ConfigurationFigures {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  const sd = n < 2 ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return { n, mean, sd, worst: direction === 'minimize' ? Math.max(...values) : Math.min(...values) };
}

/**
 * Returns the history with one observation per configuration, numbered in the order of their first trials: the mean of its complete trials (of
 * those that miss a constraint, if any does), with the noise of that mean. So a sampler that knows nothing of repetitions sees each configuration once.
 */
export function byConfiguration(history: History): History {
  const configurations = configurationsOf(history.observations);
  return { ...history, next: configurations.length, observations: configurations.map(merged) };
}

/** Returns one observation per configuration as {@link byConfiguration}, under the number of its best trial. */
export function configurationMeans({ direction, observations }: History): readonly Observation[] {
  const loss = (trial: Observation): number =>
    trial.state === 'complete' ? (direction === 'minimize' ? trial.value : -trial.value) : Number.POSITIVE_INFINITY;
  return configurationsOf(observations).map(({ params, trials }) => {
    const best = trials.reduce((a, b) => (loss(b) < loss(a) ? b : a));
    return mergedNow(params, trials, best.number);
  });
}

/** Merged observations by the last trial of each, so that they stay the same objects as long as no trial is added. */
const memories = new WeakMap<
  Observation,
  { readonly number: number; readonly trials: readonly Observation[]; readonly made: Observation }
>();

function merged({ params, trials }: Configuration, number: number): Observation {
  const last = trials.at(-1)!;
  const known = memories.get(last);
  if (known?.number === number && known.trials.length === trials.length && known.trials.every((trial, i) => trial === trials[i]))
    return known.made;
  const made = mergedNow(params, trials, number);
  memories.set(last, { number, trials, made });
  return made;
}

function mergedNow(params: FlatParams, trials: readonly Observation[], number: number): Observation {
  const complete = trials.filter((trial) => trial.state === 'complete');
  const [first] = complete;
  if (first === undefined) return { ...trials.at(-1)!, params, number };
  const feasible = complete.filter(({ constraints }) => meetsConstraints(constraints));
  const counted = feasible.length === complete.length ? complete : complete.filter((trial) => !feasible.includes(trial));
  const mean = (of: readonly number[]): number => of.reduce((sum, value) => sum + value / of.length, 0);
  const noise = counted.length === 1 ? counted[0]!.noise : noiseOfMean(counted.map(({ value }) => value));
  return {
    ...counted[0]!,
    params,
    number,
    value: mean(counted.map(({ value }) => value)),
    ...(first.values !== undefined && {
      values: first.values.map((_, k) => mean(counted.map(({ values = [] }) => values[k] ?? Number.NaN))),
    }),
    ...(noise !== null && noise !== undefined && { noise }),
  };
}
