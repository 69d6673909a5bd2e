import { AssayError } from '../../core/errors.ts';
import { createRng } from '../../core/rng.ts';
import type { Losses } from '../objectives/pareto.ts';
import { parseOptions } from '../options.ts';
import { drawUniform } from '../samplers/random/uniform.ts';
import { encodeParams, type Row } from '../space/codec.ts';
import type { CompiledSpace, FlatParam } from '../space/compile.ts';
import type { Direction, History, Observation } from '../trial/history.ts';
import { bestShare } from './best-share.ts';
import { explainedVariance, forestInput, growForest, impurityDecrease } from './forest.ts';
import { gridColumn } from './grid.ts';
import { type ImportanceInput, type ImportanceOptions, importanceOptions } from './options.ts';
import { createPedAnova } from './ped-anova.ts';

/** Importance of one parameter: its share, where all shares sum to 1. */
export interface Importance {
  readonly param: string;
  readonly importance: number;
  /** Confidence interval of the share over resamples of the trials. */
  readonly low: number;
  readonly high: number;
}

/**
 * Returns the importance of every parameter that a complete trial had, the largest first; the option `conditionals` handles parameters
 * that only some trials have. Trials whose value is NaN or infinite are left out. With fewer than two others, or if all values are equal,
 * all parameters have equal shares with intervals from 0 to 1. `importanceNotes` says what else makes the numbers uncertain.
 * @throws AssayError `usage` for an invalid option, an unknown objective, or several objectives with a forest
 */
export function importance(space: CompiledSpace, history: History, input: ImportanceInput = {}): readonly Importance[] {
  const options = parseOptions(importanceOptions, input, 'importance', 'usage');
  const { params, rows, losses } = learnFrom(space, history, options);
  const { estimate, resampled } = evaluate(params, rows, losses, options);
  const shares = normalise(estimate);
  const intervals = intervalsOf(allEqual(losses) ? [] : resampled.map(normalise), shares, options.confidence);
  return params
    .map(({ name }, i) => ({ param: name, importance: shares[i]!, ...intervals[i]! }))
    .sort((a, b) => b.importance - a.importance);
}

/** Importances before normalisation, in the order of the space. */
export interface RawImportance {
  readonly params: readonly FlatParam[];
  readonly estimate: Float64Array;
}

/**
 * Returns importances before normalisation, for comparison with reference implementations.
 * @internal
 * @throws AssayError as {@link importance}.
 */
export function rawImportance(space: CompiledSpace, history: History, input: ImportanceInput = {}): RawImportance {
  const options = parseOptions(importanceOptions, { ...input, resamples: 0 }, 'importance', 'usage');
  const { params, rows, losses } = learnFrom(space, history, options);
  return { params, estimate: evaluate(params, rows, losses, options).estimate };
}

type CompleteObservation = Extract<Observation, { state: 'complete' }>;

export interface ImportanceModel {
  readonly params: readonly FlatParam[];
  readonly rows: readonly Row[];
  readonly losses: readonly Losses[];
}

/** Returns the complete trials with finite values and the parameters to evaluate. @throws AssayError as {@link importance} */
export function learnFrom(
  space: CompiledSpace,
  history: History,
  { evaluator, objective, conditionals }: ImportanceOptions,
): ImportanceModel {
  const directions = history.directions ?? [history.direction];
  if (objective !== undefined && objective >= directions.length)
    throw new AssayError('usage', `there is no objective ${objective}`, { hint: `objectives are numbered 0 to ${directions.length - 1}` });
  if (objective === undefined && directions.length > 1 && evaluator !== 'ped-anova')
    throw new AssayError('usage', `${evaluator} evaluates one objective`, {
      hint: `name one of 0 to ${directions.length - 1}, or use ped-anova, which can evaluate them all`,
    });
  const complete = history.observations.filter((trial) => trial.state === 'complete');
  const all = complete.map(({ params }) => encodeParams(space, params));
  const losses = complete.map((trial) => lossesOf(trial, directions)).map((each) => (objective === undefined ? each : [each[objective]!]));
  const finite = losses.map((each) => each.every(Number.isFinite));
  const has =
    ({ index }: FlatParam) =>
    (row: Row) =>
      !Number.isNaN(row[index]!);
  const params = space.params.filter((param) =>
    conditionals === 'weighed' || evaluator === 'ped-anova' ? all.some(has(param)) : all.length > 0 && all.every(has(param)),
  );
  return { params, rows: all.filter((_, i) => finite[i]), losses: losses.filter((_, i) => finite[i]) };
}

/** Losses (smaller is better); NaN for an objective without a value. */
function lossesOf({ value, values = [value] }: CompleteObservation, directions: readonly Direction[]): Losses {
  return directions.map((direction, i) => (values[i] ?? Number.NaN) * (direction === 'minimize' ? 1 : -1));
}

interface Evaluated {
  readonly estimate: Float64Array;
  readonly resampled: readonly Float64Array[];
}

/** True if all values are equal, so that importance is unknown. */
export function allEqual(losses: readonly Losses[]): boolean {
  return losses.every((each) => each.every((loss, k) => loss === losses[0]![k]));
}

function evaluate(params: readonly FlatParam[], rows: readonly Row[], losses: readonly Losses[], options: ImportanceOptions): Evaluated {
  if (rows.length < 2) return { estimate: new Float64Array(params.length), resampled: [] };
  return options.evaluator === 'ped-anova'
    ? byDensity(params, rows, losses, options)
    : byForest(params, filledIn(params, rows, options), losses, options);
}

function byDensity(params: readonly FlatParam[], rows: readonly Row[], losses: readonly Losses[], options: ImportanceOptions): Evaluated {
  const evaluate = createPedAnova(
    params.map((param) => gridColumn(param, rows)),
    { target: bestShare(losses, options.targetQuantile), region: bestShare(losses, options.regionQuantile) },
    options.local,
    options.conditionals,
  );
  const rng = createRng(options.seed).fork('resample');
  const resampled = Array.from({ length: options.resamples }, () => {
    // Bootstrap: trials drawn with replacement; which of them are good does not change.
    const counts = new Uint16Array(rows.length);
    for (let i = 0; i < rows.length; i++) counts[rng.int(rows.length)]!++;
    return evaluate(counts);
  });
  return { estimate: evaluate(new Uint16Array(rows.length).fill(1)), resampled };
}

/**
 * Returns rows with a value for every parameter: one that a trial does not have is drawn at random, as it has no effect there. So trees
 * split on it only below the choice that it depends on, and average it out elsewhere.
 */
function filledIn(params: readonly FlatParam[], rows: readonly Row[], { seed }: ImportanceOptions): readonly Row[] {
  const rng = createRng(seed).fork('absent');
  return rows.map((row) => {
    const filled = row.slice();
    for (const { index, param } of params) if (Number.isNaN(row[index]!)) filled[index] = drawUniform(param, rng);
    return filled;
  });
}

/** Evaluates by a forest; its trees serve as the resamples. */
function byForest(params: readonly FlatParam[], rows: readonly Row[], losses: readonly Losses[], options: ImportanceOptions): Evaluated {
  const searched = params.filter(({ single }) => !single);
  const input = forestInput(searched, rows);
  const targets = Float64Array.from(losses, ([loss]) => loss!);
  const forest = searched.length === 0 ? [] : growForest(input, targets, options, createRng(options.seed).fork('forest'));
  const ofSearched = options.evaluator === 'fanova' ? explainedVariance(forest, input) : impurityDecrease(forest, input);
  const place = new Map(searched.map(({ index }, i) => [index, i]));
  const resampled = ofSearched.map((shares) => Float64Array.from(params, ({ index }) => shares[place.get(index) ?? -1] ?? 0));
  return { estimate: meanOf(resampled, params.length), resampled };
}

function meanOf(vectors: readonly Float64Array[], length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => vectors.reduce((sum, vector) => sum + vector[i]! / vectors.length, 0));
}

/** Scales to shares that sum to 1; equal shares if all are 0. */
function normalise(raw: Float64Array): Float64Array {
  const sum = raw.reduce((total, value) => total + value, 0);
  return raw.map((value) => (sum > 0 ? value / sum : 1 / raw.length));
}

/**
 * Returns confidence intervals: the spread of the resampled shares about their median, shifted to the estimate, because resamples repeat
 * trials and so may all lie on one side of it.
 */
function intervalsOf(
  resampled: readonly Float64Array[],
  shares: Float64Array,
  confidence: number,
): readonly { readonly low: number; readonly high: number }[] {
  return [...shares].map((share, i) => {
    if (resampled.length === 0) return { low: 0, high: 1 };
    const sorted = Float64Array.from(resampled, (vector) => vector[i]!).sort();
    const at = (quantile: number): number => sorted[Math.round(quantile * (sorted.length - 1))]!;
    const off = share - at(0.5);
    return {
      low: Math.max(Math.min(at((1 - confidence) / 2) + off, share), 0),
      high: Math.min(Math.max(at((1 + confidence) / 2) + off, share), 1),
    };
  });
}
