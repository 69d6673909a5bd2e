import { evenly } from '../../core/evenly.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { HistoryChart } from '../routes/charts/history.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, exact, quantileOf } from './numbers.ts';
import { signOf } from './sample.ts';
import { completeCode, lettersOf, withFigure } from './select.ts';

export interface HistoryAsked {
  /** Trials that meet the filters, by number. */
  readonly trials: Int32Array;
  /** What is drawn, by number of the trial. */
  readonly figure: Float64Array;
  readonly direction: Direction;
  readonly axis: HistoryChart['axis'];
  readonly maxPoints: number;
}

type Body = Omit<HistoryChart, 'revision' | 'objective' | 'metric'>;

/** More boxes are narrower than a pixel or two. */
const mostBins = 200;

/** Values of the trials in the order of their numbers or times, and the best so far. */
export function history(columns: TrialColumns, { trials, figure, direction, axis, maxPoints }: HistoryAsked): Body {
  const place = axis === 'number' ? (number: number) => number : timeOf(columns);
  const used = withFigure(trials, figure).filter((number) => !Number.isNaN(place(number)));
  const ordered = axis === 'number' ? used : used.sort((a, b) => place(a) - place(b) || a - b);
  const asPoints = used.length <= maxPoints;
  return {
    direction,
    axis,
    total: trials.length,
    used: used.length,
    shown: asPoints ? used.length : 0,
    reduced: asPoints ? 'none' : 'bins',
    ...(asPoints
      ? {
          x: Array.from(ordered, place),
          y: drawn(Array.from(ordered, (number) => figure[number]!)),
          number: [...ordered],
          state: lettersOf(columns, ordered),
        }
      : { bins: binsOf(ordered, place, figure, direction, Math.min(mostBins, maxPoints)) }),
    best: bestOf(columns, ordered, place, figure, direction, maxPoints),
  };
}

/** The end of a trial, else its beginning. */
function timeOf({ started, finished }: TrialColumns): (number: number) => number {
  return (number) => (Number.isNaN(finished[number]!) ? started[number]! : finished[number]!);
}

function bestOf(
  { state, feasible }: TrialColumns,
  ordered: Int32Array,
  place: (number: number) => number,
  figure: Float64Array,
  direction: Direction,
  most: number,
): Body['best'] {
  const sign = signOf(direction);
  const numbers: number[] = [];
  let least = Number.NaN;
  for (const number of ordered) {
    if (state[number] !== completeCode || feasible[number] === 0) continue;
    const loss = sign * figure[number]!;
    if (loss >= least) continue;
    least = loss;
    numbers.push(number);
  }
  // More steps than this come of a study that improves with nearly every trial; the first and the last are kept.
  const kept = evenly(numbers, Math.max(2, Math.floor(most / 2)));
  return { x: kept.map(place), y: exact(kept.map((number) => figure[number]!)), number: kept, of: numbers.length };
}

/** Bins of equal width that are not empty; numbers and milliseconds are whole, and so are their ends. */
function binsOf(
  ordered: Int32Array,
  place: (number: number) => number,
  figure: Float64Array,
  direction: Direction,
  most: number,
): NonNullable<Body['bins']> {
  const [first, last] = [place(ordered[0]!), place(ordered[ordered.length - 1]!)];
  const width = Math.ceil((last - first + 1) / most);
  const bins: number[][] = [];
  for (let from = 0; from < ordered.length; ) {
    const x0 = first + width * Math.floor((place(ordered[from]!) - first) / width);
    let to = from;
    const values: number[] = [];
    let best = ordered[from]!;
    while (to < ordered.length && place(ordered[to]!) < x0 + width) {
      const number = ordered[to]!;
      values.push(figure[number]!);
      if (direction === 'minimize' ? figure[number]! < figure[best]! : figure[number]! > figure[best]!) best = number;
      to += 1;
    }
    const sorted = Float64Array.from(values).sort();
    const quantiles = [0, 0.25, 0.5, 0.75, 1].map((share) => quantileOf(sorted, share));
    bins.push([x0, x0 + width, values.length, ...quantiles, best]);
    from = to;
  }
  const column = (k: number): number[] => bins.map((bin) => bin[k]!);
  // All five together, so that they are rounded alike.
  const figures = drawn([3, 4, 5, 6, 7].flatMap(column));
  const part = (k: number): (number | null)[] => figures.slice(k * bins.length, (k + 1) * bins.length);
  return {
    x0: column(0),
    x1: column(1),
    n: column(2),
    min: part(0),
    q1: part(1),
    median: part(2),
    q3: part(3),
    max: part(4),
    numberOfBest: column(8),
  };
}
