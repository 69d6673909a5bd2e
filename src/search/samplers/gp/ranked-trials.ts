import type { Rng } from '../../../core/rng.ts';
import { violation } from '../../objectives/loss.ts';
import type { FlatParams } from '../../space/param.ts';
import { type Direction, type History, hasResult, type Observation } from '../../trial/history.ts';
import type { Point } from './coordinates.ts';
import { toldVariances } from './told-variances.ts';

/** A complete or pruned trial as the model sees it; smaller losses are better. */
export interface RankedTrial {
  readonly point: Point;
  readonly loss: number;
  /**
   * Constraint values, never NaN: an unknown value counts as violated. Shorter than in other trials if the trial did not report all, as
   * pruned ones may.
   */
  readonly constraints: readonly number[];
  /** Variance of the loss that the trial told, or of its forecast; 0 where there is none, and for several objectives. */
  readonly noise: number;
}

/**
 * Returns the complete and pruned trials, best first: feasible ones, then those with unknown constraints, then infeasible ones.
 *
 * Infinite values become the worst or best finite one; NaN counts as the worst. A pruned trial counts with the value that its pruner expected, as
 * uncertain as that is; without one, and with several objectives, with its last report, but as no better than the median of the feasible complete ones.
 * Several objectives are combined with weights
 * that are drawn at each call.
 * @param at returns the point of a trial's params (null if no value is valid in this space).
 * @returns an empty list if no complete trial has a finite value.
 */
export function rankedTrials(history: History, at: (params: FlatParams) => Point | null, rng: Rng): readonly RankedTrial[] {
  const directions = history.directions ?? [history.direction];
  const columns = directions.map((direction, k) => losses(history.observations, direction, k, directions.length === 1));
  if (columns.some((column) => column === null)) return [];
  const loss = directions.length === 1 ? columns[0]! : scalarized(columns as readonly Float64Array[], rng);
  const noise = directions.length === 1 ? toldVariances(history.observations) : null;
  const known = history.observations.flatMap((trial, i): readonly RankedTrial[] => {
    const point = Number.isNaN(loss[i]!) ? null : at(trial.params);
    if (point === null || !hasResult(trial)) return [];
    const constraints = (trial.constraints ?? []).map((value) => (Number.isFinite(value) ? value : value < 0 ? -1 : 1));
    return [{ point, loss: loss[i]!, constraints, noise: noise?.[i] ?? 0 }];
  });
  const count = constraintCount(known);
  const violated = ({ constraints }: RankedTrial): number =>
    constraints.reduce((sum, value) => sum + Math.max(value, 0), constraints.length < count ? Number.MIN_VALUE : 0);
  return known.toSorted((a, b) => violated(a) - violated(b) || a.loss - b.loss);
}

/** Returns the number of constraints: the most that any trial reported. */
export function constraintCount(known: readonly RankedTrial[]): number {
  return known.reduce((most, { constraints }) => Math.max(most, constraints.length), 0);
}

/**
 * Returns one objective's loss per trial, NaN if unknown (null if no complete trial has a finite value).
 * @param forecasts whether pruned trials count with what they were expected to end with.
 */
function losses(observations: readonly Observation[], direction: Direction, objective: number, forecasts: boolean): Float64Array | null {
  const sign = direction === 'minimize' ? 1 : -1;
  const value = (trial: Observation): number =>
    trial.state === 'complete' ? sign * (objective === 0 ? trial.value : (trial.values?.[objective] ?? Number.NaN)) : Number.NaN;
  const finite = ascending(observations.map(value));
  if (finite.length === 0) return null;
  const feasible = ascending(observations.filter((trial) => trial.state === 'complete' && violation(trial) === 0).map(value));
  const best = finite[0]!;
  const worst = finite.at(-1)!;
  const middle = feasible.length > 0 ? feasible : finite;
  const median = middle[middle.length >> 1]!;
  const bounded = (loss: number): number => (Number.isNaN(loss) ? worst : Math.min(Math.max(loss, best), worst));
  return Float64Array.from(observations, (trial) => {
    if (trial.state === 'complete') return bounded(value(trial));
    if (trial.state !== 'pruned') return Number.NaN;
    if (forecasts && trial.expected !== undefined) return bounded(sign * trial.expected.value);
    if (trial.last === null) return Number.NaN;
    return objective === 0 ? Math.max(bounded(sign * trial.last.value), median) : median;
  });
}

function ascending(values: readonly number[]): readonly number[] {
  return values.filter(Number.isFinite).sort((a, b) => a - b);
}

/** Augmented Chebyshev norm with random weights (Knowles 2006, ParEGO), so that successive suggestions cover the whole front. */
function scalarized(columns: readonly Float64Array[], rng: Rng): Float64Array {
  const weights = columns.map(() => -Math.log(rng.uniform()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const terms = columns.map((column, k) => {
    const known = column.filter((loss) => !Number.isNaN(loss));
    const low = known.reduce((a, b) => Math.min(a, b));
    const high = known.reduce((a, b) => Math.max(a, b));
    return column.map((loss) => (weights[k]! / total) * (high > low ? (loss - low) / (high - low) : 0));
  });
  return columns[0]!.map((_, i) => {
    const own = terms.map((term) => term[i]!);
    return Math.max(...own) + 0.05 * own.reduce((sum, term) => sum + term, 0);
  });
}
