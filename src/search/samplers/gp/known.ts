import type { Rng } from '../../../core/rng.ts';
import type { FlatParams } from '../../space/param.ts';
import type { Direction, History, Observation } from '../../trial/history.ts';
import type { Point } from './coordinates.ts';

/** A finished trial that tells something of the objective: smaller losses are better. */
export interface Known {
  readonly point: Point;
  readonly loss: number;
  /** NaN never among them: an unknown figure counts as violated. */
  readonly constraints: readonly number[];
}

/**
 * The finished trials as the model sees them, the best first (those that meet their constraints before all others).
 *
 * Infinite values become the worst or best finite one; NaN counts as the worst. A pruned trial counts with what it last
 * reported, but as no better than the median of the complete ones: that it was not worth going on is known, how it would
 * have ended is not. Of several objectives a weighting is drawn each time.
 * @param at the point of a trial's params; null if they mean nothing in this space.
 * @returns empty where no trial is complete with a finite value.
 */
export function knownTrials(history: History, at: (params: FlatParams) => Point | null, rng: Rng): readonly Known[] {
  const directions = history.directions ?? [history.direction];
  const columns = directions.map((direction, k) => losses(history.observations, direction, k));
  if (columns.some((column) => column === null)) return [];
  const loss = directions.length === 1 ? columns[0]! : scalarized(columns as readonly Float64Array[], rng);
  const known = history.observations.flatMap((trial, i): readonly Known[] => {
    const point = Number.isNaN(loss[i]!) ? null : at(trial.params);
    if (point === null || trial.state === 'running') return [];
    const constraints = (trial.constraints ?? []).map((value) => (Number.isFinite(value) ? value : value < 0 ? -1 : 1));
    return [{ point, loss: loss[i]!, constraints }];
  });
  const violated = ({ constraints }: Known): number => constraints.reduce((sum, value) => sum + Math.max(value, 0), 0);
  return known.toSorted((a, b) => violated(a) - violated(b) || a.loss - b.loss);
}

/** One objective's loss per trial, NaN where nothing is known; null without any complete finite value. */
function losses(observations: readonly Observation[], direction: Direction, objective: number): Float64Array | null {
  const sign = direction === 'minimize' ? 1 : -1;
  const value = (trial: Observation): number =>
    trial.state === 'complete' ? sign * (objective === 0 ? trial.value : (trial.values?.[objective] ?? Number.NaN)) : Number.NaN;
  const finite = observations.map(value).filter(Number.isFinite);
  if (finite.length === 0) return null;
  finite.sort((a, b) => a - b);
  const [best, median, worst] = [finite[0]!, finite[finite.length >> 1]!, finite.at(-1)!];
  const bounded = (loss: number): number => (Number.isNaN(loss) ? worst : Math.min(Math.max(loss, best), worst));
  return Float64Array.from(observations, (trial) => {
    if (trial.state === 'complete') return bounded(value(trial));
    if (trial.state === 'running' || trial.last === null) return Number.NaN;
    return objective === 0 ? Math.max(bounded(sign * trial.last.value), median) : median;
  });
}

/** The augmented Chebyshev norm with random weights (Knowles 2006, ParEGO): over the asks, the whole front is looked for. */
function scalarized(columns: readonly Float64Array[], rng: Rng): Float64Array {
  const weights = columns.map(() => -Math.log(rng.uniform()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const terms = columns.map((column, k) => {
    const known = column.filter((loss) => !Number.isNaN(loss));
    const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
    return column.map((loss) => (weights[k]! / total) * (high > low ? (loss - low) / (high - low) : 0));
  });
  return columns[0]!.map((_, i) => {
    const own = terms.map((term) => term[i]!);
    return Math.max(...own) + 0.05 * own.reduce((sum, term) => sum + term, 0);
  });
}
