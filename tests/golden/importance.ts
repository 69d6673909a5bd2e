import { importance, rawImportance } from '../../src/search/importance/importance.ts';
import { leafBoxes, marginalVariance, totalVariance } from '../../src/search/importance/marginal-variance.ts';
import type { ImportanceInput } from '../../src/search/importance/options.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import type { FlatParams } from '../../src/search/space/param.ts';
import type { Direction, History, Observation } from '../../src/search/trial/history.ts';
import { agrees, type GoldenNumber } from './read.ts';
import { type GoldenParam, spaceOf } from './space.ts';

type Importances = Readonly<Record<string, GoldenNumber>>;

/** A golden file of importances: PED-ANOVA exactly, the forests by mean and deviation over some seeds. */
export interface ImportanceGolden {
  readonly id: string;
  readonly directions: readonly Direction[];
  readonly search_space: Readonly<Record<string, GoldenParam>>;
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly values: readonly GoldenNumber[] | null;
    readonly params: FlatParams;
  }[];
  readonly ped_anova: {
    readonly kwargs: { readonly target_quantile?: number; readonly region_quantile?: number; readonly evaluate_on_local?: boolean };
    readonly raw: Importances;
    readonly normalized: Importances;
  };
  readonly fanova?: ForestImportances;
  readonly mdi?: ForestImportances;
}

interface ForestImportances {
  readonly mean: Importances;
  readonly std: Importances;
}

/** Returns the disagreements as text, empty if there are none. */
export function checkImportance(golden: ImportanceGolden): readonly string[] {
  const space = compileSpace(spaceOf(golden.search_space));
  const history: History = {
    direction: golden.directions[0]!,
    directions: golden.directions,
    observations: golden.trials.flatMap(observationOf),
  };
  const { target_quantile, region_quantile, evaluate_on_local } = golden.ped_anova.kwargs;
  const options: ImportanceInput = {
    ...(target_quantile !== undefined && { targetQuantile: target_quantile }),
    ...(region_quantile !== undefined && { regionQuantile: region_quantile }),
    ...(evaluate_on_local !== undefined && { local: evaluate_on_local }),
    resamples: 0,
  };
  const { params, estimate } = rawImportance(space, history, options);
  const raw = Object.fromEntries(params.map(({ name }, i) => [name, estimate[i]!]));
  const normalised = Object.fromEntries(importance(space, history, options).map((one) => [one.param, one.importance]));
  const forest = (evaluator: 'fanova' | 'mdi') => (seed: number) =>
    Object.fromEntries(importance(space, history, { evaluator, seed }).map((one) => [one.param, one.importance]));
  return [
    ...compareImportances('raw', raw, golden.ped_anova.raw, agrees),
    ...compareImportances('normalised', normalised, golden.ped_anova.normalized, agrees),
    ...(golden.fanova === undefined ? [] : compareForest('fanova', forest('fanova'), golden.fanova)),
    ...(golden.mdi === undefined ? [] : compareForest('mdi', forest('mdi'), golden.mdi)),
  ];
}

function observationOf({ number, state, values, params }: ImportanceGolden['trials'][number]): readonly Observation[] {
  if (state !== 'COMPLETE' || values === null) return [];
  const numbers = values.map(Number);
  return [{ state: 'complete', number, params, value: numbers[0]!, values: numbers }];
}

function compareImportances(
  place: string,
  actual: Readonly<Record<string, number>>,
  wanted: Importances,
  same: (actual: number, wanted: GoldenNumber, name: string) => boolean,
): readonly string[] {
  const names = new Set([...Object.keys(actual), ...Object.keys(wanted)]);
  return [...names].flatMap((name) => {
    const ours = actual[name];
    const theirs = wanted[name];
    return ours !== undefined && theirs !== undefined && same(ours, theirs, name) ? [] : [`${place} ${name}: ${ours}, not ${theirs}`];
  });
}

/** Compares the mean over a few seeds with the reference's within a few deviations, since forests are random. */
function compareForest(
  place: string,
  shares: (seed: number) => Readonly<Record<string, number>>,
  { mean, std }: ForestImportances,
): readonly string[] {
  const runs = [1, 2, 3, 4].map(shares);
  const ours = Object.fromEntries(
    Object.keys(runs[0]!).map((name) => [name, runs.reduce((sum, run) => sum + run[name]!, 0) / runs.length]),
  );
  return compareImportances(place, ours, mean, (actual, wanted, name) => Math.abs(actual - Number(wanted)) <= 4 * Number(std[name]) + 1e-3);
}

/** Trees of a forest and their variances. */
export interface FanovaTreesGolden {
  readonly trees: readonly FanovaTree[];
}

interface FanovaTree {
  readonly bounds: readonly (readonly [number, number])[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly children_left: readonly number[];
  readonly children_right: readonly number[];
  readonly value: readonly number[];
  readonly variance: number;
  readonly marginal_variance_single: readonly number[];
  readonly marginal_variance_pair_0_1: number;
}

/** Returns the disagreements as text, empty if there are none. */
export function checkFanovaTree(golden: FanovaTree): readonly string[] {
  const boxes = leafBoxes(
    {
      feature: Int32Array.from(golden.feature),
      threshold: Float64Array.from(golden.threshold),
      left: Int32Array.from(golden.children_left),
      right: Int32Array.from(golden.children_right),
      value: Float64Array.from(golden.value),
      gain: new Float64Array(golden.feature.length),
    },
    golden.bounds,
  );
  const comparisons: (readonly [string, number, number])[] = [
    ['variance', totalVariance(boxes), golden.variance],
    ...golden.marginal_variance_single.map(
      (wanted, column) => [`variance of ${column}`, marginalVariance(boxes, [column]), wanted] as const,
    ),
    ['variance of 0 and 1', marginalVariance(boxes, [0, 1]), golden.marginal_variance_pair_0_1],
  ];
  return comparisons.flatMap(([what, actual, wanted]) => (agrees(actual, wanted) ? [] : [`${what}: ${actual}, not ${wanted}`]));
}
