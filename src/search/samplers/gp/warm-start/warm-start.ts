import type { EarlierStudy } from '../../../trial/history.ts';
import type { Acquisition } from '../acquisition.ts';
import type { Point } from '../coordinates.ts';
import { cachedFit, trialsOfLastFit } from '../fit-cache.ts';
import { type Aspect, type ModelInput, processOf } from '../model.ts';
import { createPredictor } from '../predict.ts';
import type { Data } from '../process.ts';
import type { Trend } from '../trend.ts';
import { type EarlierModel, earlierModel } from './earlier-model.ts';
import { predictedFromOthers, rankWeights } from './rank-weights.ts';
import { warmTrend } from './warm-trend.ts';

/** Number of finished trials from which a study needs no others. */
const enough = 100;

/** What earlier studies tell of the objective. */
export interface WarmStart {
  readonly trend: Trend;
  /** Share of the trend in what is expected, from 0 to 1. */
  readonly trust: number;
}

/**
 * Returns what earlier studies tell of the objective now, from the trials of the last fit (null: nothing). The trend is the mean of their models, weighted
 * by how well each orders the trials so far and scaled to their values; the process models what it leaves.
 */
export function warmStart(input: ModelInput, cold: Aspect): WarmStart | null {
  const { history, coordinates, policy } = input;
  if ((history.directions?.length ?? 1) > 1) return null;
  const trials = trialsOfLastFit(cold.finished);
  if (trials.length > enough) return null;
  const known = modelsOf(input);
  if (known.length === 0) return null;
  const models = known.map(({ model }) => model);
  const key = `${policy.key} ${history.direction} factors of ${known.map(({ study }) => idOf(study)).join()}`;
  const [trust, offset, ...factors] = cachedFit(coordinates.space, key, trials, () =>
    factorsOf(input, models, trials.length === cold.finished.length ? cold : { ...cold, finished: trials, data: cold.dataOf(trials) }),
  );
  return trust === 0 ? null : { trend: warmTrend(models, factors, offset!), trust: trust! };
}

/** Returns the aspect less the trend. */
export function lessTrend(aspect: Aspect, { trend }: WarmStart, history: ModelInput['history']): Aspect {
  const less = (data: Data): Data => ({ ...data, targets: data.targets.map((target, i) => target - trend.at(data.points[i]!)), trend });
  return {
    ...aspect,
    name: `${aspect.name} less ${(history.earlier ?? []).map(idOf).join()}`,
    data: less(aspect.data),
    dataOf: (finished) => less(aspect.dataOf(finished)),
  };
}

/**
 * Returns a score of points before any trial has ended, the mean of what earlier studies expect, and the best points of each (null: they tell
 * nothing of this space).
 */
export function firstGuess(input: Pick<ModelInput, 'history' | 'coordinates' | 'policy'>): {
  readonly acquisition: Acquisition;
  readonly incumbents: readonly Point[];
} | null {
  const models = modelsOf(input).map(({ model }) => model);
  if (models.length === 0) return null;
  const { axes } = input.coordinates;
  const within = (point: Point): Point => point.map((place, j) => (axes[j]!.kind === 'choice' ? place : Math.min(Math.max(place, 0), 1)));
  const trend = warmTrend(
    models,
    models.map(() => 1 / models.length),
    0,
  );
  return {
    acquisition: {
      at: trend.at,
      atAll: (points) => Float64Array.from(points, trend.at),
      gradientAt: (point, gradient) => {
        gradient.set(trend.gradientAt(point));
        return trend.at(point);
      },
    },
    incumbents: models.flatMap(({ points }) => points.slice(0, 3).map(within)),
  };
}

function modelsOf({ history, coordinates, policy }: Pick<ModelInput, 'history' | 'coordinates' | 'policy'>) {
  return (history.earlier ?? []).flatMap((study): readonly { readonly study: EarlierStudy; readonly model: EarlierModel }[] => {
    const model = earlierModel(study, coordinates, policy);
    return model === null ? [] : [{ study, model }];
  });
}

/** Smallest deviation of an expectation over the trials that is scaled to theirs: trials close together show no scale. */
const leastDeviation = 0.25;
/** Largest factor on a standardised expectation. */
const largestSlope = 1.2;

/** Returns the trust, the offset and a factor for each model, in this order. */
function factorsOf(input: ModelInput, models: readonly EarlierModel[], aspect: Aspect): Float64Array {
  const nothing = new Float64Array(models.length + 2);
  const { points, targets } = aspect.data;
  const n = points.length;
  const process = n < 2 ? null : (processOf(input, aspect)?.process ?? null);
  if (process === null) return nothing;
  const predictions = models.map((model) => createPredictor(model.process).atAll(points.map(model.seen)));
  const weights = rankWeights(predictions, predictedFromOthers(process, targets), targets);
  const trust = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(trust > 0)) return nothing;
  const expected = targets.map((_, i) => predictions.reduce((sum, of, m) => sum + (weights[m]! / trust) * of[i]!.mean, 0));
  const mean = expected.reduce((sum, value) => sum + value / n, 0);
  const deviation = Math.max(Math.sqrt(expected.reduce((sum, value) => sum + (value - mean) ** 2 / n, 0)), leastDeviation);
  const together = targets.reduce((sum, target, i) => sum + (target * (expected[i]! - mean)) / deviation, 0);
  // As if one more trial lay as expected.
  const slope = Math.min(Math.max((together + 1) / (n + 1), 0), largestSlope);
  return Float64Array.from([trust, (trust * slope * mean) / deviation, ...weights.map((weight) => (weight * slope) / deviation)]);
}

const ids = new WeakMap<EarlierStudy, number>();
let nextId = 0;

/** A number for each earlier study in this process, for keys of what is kept. */
function idOf(study: EarlierStudy): number {
  const id = ids.get(study) ?? nextId++;
  ids.set(study, id);
  return id;
}
