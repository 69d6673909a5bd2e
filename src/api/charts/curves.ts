import type { Direction } from '../../search/trial/history.ts';
import type { ChartCurve } from '../../storage/readers/chart-curves.ts';
import type { StateLetter } from '../routes/charts/common.ts';
import type { CurvesChart } from '../routes/charts/curves.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, quantileOf } from './numbers.ts';
import { bestOf, sampleOf, signOf } from './sample.ts';
import { lettersOf, withFigure } from './select.ts';

/** Points of all curves together, so that an answer stays small. */
const mostPoints = 2600;
/** Curves that the band is taken from. */
const mostOfBand = 400;

export interface CurvesChosen {
  /** Trials that meet the filters, and those of them with reports. */
  readonly total: number;
  readonly reported: number;
  /** Those whose curves are drawn, ascending, with their states. */
  readonly lines: ReadonlyMap<number, StateLetter>;
  /** Those that the band is taken from. */
  readonly band: Int32Array;
}

export interface CurvesAsked {
  readonly trials: Int32Array;
  readonly figure: Float64Array;
  readonly direction: Direction;
  /** The trials that are drawn; null: the best, and some at random. */
  readonly numbers: readonly number[] | null;
  readonly top: number;
  readonly random: number;
  readonly seed: number;
}

/** Chooses the curves: those asked for, or the best trials and a sample of the others. */
export function chooseCurves(columns: TrialColumns, asked: CurvesAsked): CurvesChosen {
  const reported = asked.trials.filter((number) => !Number.isNaN(columns.lastStep[number]!));
  const lines = linesOf(reported, asked);
  const letters = lettersOf(columns, lines);
  return {
    total: asked.trials.length,
    reported: reported.length,
    lines: new Map(lines.map((number, i) => [number, letters[i]!])),
    band: sampleOf(reported, mostOfBand, asked.seed),
  };
}

function linesOf(reported: Int32Array, { figure, direction, numbers, top, random, seed }: CurvesAsked): readonly number[] {
  if (numbers !== null) {
    const wanted = new Set(numbers);
    return [...reported.filter((number) => wanted.has(number))];
  }
  const best = new Set(bestOf(withFigure(reported, figure), figure, signOf(direction), top));
  const others = sampleOf(
    reported.filter((number) => !best.has(number)),
    random,
    seed,
  );
  return [...best, ...others].sort((a, b) => a - b);
}

export interface CurvesRead {
  readonly lines: readonly ChartCurve[];
  readonly band: readonly ChartCurve[];
}

type Body = Pick<CurvesChart, 'total' | 'used' | 'shown' | 'reduced' | 'curves' | 'band'>;

/** Lines of the chosen trials, and the deciles of all. */
export function curves({ total, reported, lines }: CurvesChosen, read: CurvesRead, maxSteps: number): Body {
  const steps = Math.max(4, Math.min(maxSteps, Math.floor(mostPoints / Math.max(1, read.lines.length))));
  return {
    total,
    used: reported,
    shown: read.lines.length,
    reduced: read.lines.length < reported ? 'sample' : 'none',
    curves: read.lines.map((curve) => {
      const { number, attempt, places, values } = curve;
      const kept = keptPlaces(curve, steps);
      const state = lines.get(number)!;
      return {
        number,
        state,
        attempt,
        step: kept.map((at) => places[at]!),
        value: reportedValues(kept.map((at) => values[at]!)),
        reports: places.length,
        ...(state !== 'r' && state !== 'w' && { endedAt: places[places.length - 1]! }),
      };
    }),
    band: { ...bandOf(read.band, maxSteps), trials: read.band.length, of: reported },
  };
}

/** Rounded as drawn. A report of NaN is a number that JSON has not, and not a missing one. */
function reportedValues(values: readonly number[]): (number | null)[] {
  return drawn(values).map((value) => value ?? Number.NaN);
}

/**
 * Places of the points that a line keeps, ascending: of each of equal stretches of its reports the lowest and the highest value, so that no
 * peak is lost, besides the first and the last.
 */
export function keptPlaces({ values }: Pick<ChartCurve, 'values'>, most: number): readonly number[] {
  const n = values.length;
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const kept = new Set([0, n - 1]);
  for (let k = 0; k < stretches; k++) {
    const [from, to] = [1 + Math.floor((k * (n - 2)) / stretches), 1 + Math.floor(((k + 1) * (n - 2)) / stretches)];
    let [low, high] = [from, from];
    for (let i = from; i < to; i++) {
      if (values[i]! < values[low]! || Number.isNaN(values[low]!)) low = i;
      if (values[i]! > values[high]! || Number.isNaN(values[high]!)) high = i;
    }
    kept.add(low).add(high);
  }
  return [...kept].sort((a, b) => a - b);
}

/**
 * Deciles and median by place. Each distinct place is a step, or, of more than `most`, each of as many equal bins; a curve counts with its
 * last value in the step, and NaN does not count.
 */
function bandOf(all: readonly ChartCurve[], most: number): Omit<CurvesChart['band'], 'trials' | 'of'> {
  const distinct = Float64Array.from(new Set(all.flatMap(({ places }) => [...places]))).sort();
  const [low, high] = [distinct[0] ?? 0, distinct.at(-1) ?? 0];
  const isBinned = distinct.length > most;
  const stepOf = new Map(Array.from(distinct, (place, i) => [place, isBinned ? binOf(place, low, high, most) : i] as const));
  const ends = new Map<number, number>();
  for (const [place, step] of stepOf) ends.set(step, Math.max(ends.get(step) ?? place, place));
  const values = new Map<number, number[]>([...ends.keys()].map((step) => [step, []]));
  for (const curve of all) {
    for (let i = 0; i < curve.places.length; i++) {
      const step = stepOf.get(curve.places[i]!)!;
      const isLast = i + 1 === curve.places.length || stepOf.get(curve.places[i + 1]!)! !== step;
      if (isLast && !Number.isNaN(curve.values[i]!)) values.get(step)!.push(curve.values[i]!);
    }
  }
  const steps = [...values.entries()].filter(([, found]) => found.length > 0);
  const sorted = steps.map(([, found]) => Float64Array.from(found).sort());
  const quantile = (share: number): (number | null)[] => drawn(sorted.map((found) => quantileOf(found, share)));
  return {
    step: steps.map(([step]) => ends.get(step)!),
    q10: quantile(0.1),
    q50: quantile(0.5),
    q90: quantile(0.9),
    n: sorted.map((found) => found.length),
  };
}

function binOf(place: number, low: number, high: number, bins: number): number {
  return Math.min(bins - 1, Math.floor(((place - low) / (high - low)) * bins));
}
