import type { Direction } from '../../search/trial/history.ts';
import type { ChartBand, ChartLine } from '../../storage/readers/chart-curves.ts';
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

/** Points of each line. */
export function pointsOfLine({ lines }: CurvesChosen, maxSteps: number): number {
  return Math.max(4, Math.min(maxSteps, Math.floor(mostPoints / Math.max(1, lines.size))));
}

export interface CurvesRead {
  readonly lines: readonly ChartLine[];
  readonly band: ChartBand;
}

type Body = Pick<CurvesChart, 'total' | 'used' | 'shown' | 'reduced' | 'curves' | 'band'>;

/** Lines of the chosen trials, and the deciles of all. */
export function curves({ total, reported, lines }: CurvesChosen, read: CurvesRead): Body {
  return {
    total,
    used: reported,
    shown: read.lines.length,
    reduced: read.lines.length < reported ? 'sample' : 'none',
    curves: read.lines.map(({ number, attempt, reports, places, values }) => {
      const state = lines.get(number)!;
      return {
        number,
        state,
        attempt,
        step: [...places],
        value: reportedValues([...values]),
        reports,
        ...(state !== 'r' && state !== 'w' && { endedAt: places[places.length - 1]! }),
      };
    }),
    band: { ...bandOf(read.band), trials: read.band.trials, of: reported },
  };
}

/** Rounded as drawn. A report of NaN is a number that JSON has not, and not a missing one. */
function reportedValues(values: readonly number[]): (number | null)[] {
  return drawn(values).map((value) => value ?? Number.NaN);
}

/** Deciles and median of each stretch of the axis. */
function bandOf({ steps }: ChartBand): Omit<CurvesChart['band'], 'trials' | 'of'> {
  const quantile = (share: number): (number | null)[] => drawn(steps.map(({ sorted }) => quantileOf(sorted, share)));
  return {
    step: steps.map(({ end }) => end),
    q10: quantile(0.1),
    q50: quantile(0.5),
    q90: quantile(0.9),
    n: steps.map(({ sorted }) => sorted.length),
  };
}
