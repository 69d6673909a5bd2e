import { evenly } from '../../core/evenly.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { HistoryChart } from '../routes/charts/history.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, exact, quantilesOf, valuesAt } from './numbers.ts';
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
  const times = axis === 'number' ? null : timesOf(columns);
  const place = (number: number): number => (times === null ? number : times[number]!);
  const having = withFigure(trials, figure);
  const used = times === null ? having : withFigure(having, times);
  const ordered = times === null ? used : inTime(used, times);
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
          y: drawn(valuesAt(figure, ordered)),
          number: [...ordered],
          state: lettersOf(columns, ordered),
        }
      : { bins: binsOf(ordered, place, figure, direction, Math.min(mostBins, maxPoints)) }),
    best: bestOf(columns, ordered, place, figure, direction, maxPoints),
  };
}

/** By number of the trial its end, else its beginning. */
function timesOf({ n, started, finished }: TrialColumns): Float64Array {
  const times = finished.slice();
  for (let number = 0; number < n; number++) if (Number.isNaN(times[number]!)) times[number] = started[number]!;
  return times;
}

/** Trials, ascending, in the order of their times, those of one time by number. */
function inTime(numbers: Int32Array, times: Float64Array): Int32Array {
  const n = numbers.length;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < n; i++) {
    const time = times[numbers[i]!]!;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  // A double holds whole milliseconds with the place behind them, unless the trials are years apart: sorting doubles calls nothing back.
  if ((last - first + 1) * n > Number.MAX_SAFE_INTEGER) return numbers.sort((a, b) => times[a]! - times[b]! || a - b);
  const keys = new Float64Array(n);
  for (let i = 0; i < n; i++) keys[i] = (times[numbers[i]!]! - first) * n + i;
  keys.sort();
  const sorted = new Int32Array(n);
  for (let i = 0; i < n; i++) sorted[i] = numbers[keys[i]! % n]!;
  return sorted;
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
  const values = valuesAt(figure, ordered);
  const bins: number[][] = [];
  for (let from = 0; from < ordered.length; ) {
    const x0 = first + width * Math.floor((place(ordered[from]!) - first) / width);
    let [to, best] = [from, from];
    while (to < ordered.length && place(ordered[to]!) < x0 + width) {
      if (direction === 'minimize' ? values[to]! < values[best]! : values[to]! > values[best]!) best = to;
      to += 1;
    }
    const quantiles = quantilesOf(values.slice(from, to), [0, 0.25, 0.5, 0.75, 1]);
    bins.push([x0, x0 + width, to - from, ...quantiles, ordered[best]!]);
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
