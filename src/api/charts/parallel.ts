import { AssayError } from '../../core/errors.ts';
import type { Direction } from '../../search/trial/history.ts';
import type { ChartAxis } from '../routes/charts/common.ts';
import type { ParallelChart } from '../routes/charts/parallel.ts';
import { paramKey } from './axis.ts';
import { labelBytes } from './choices.ts';
import type { TrialColumns } from './columns.ts';
import { exact, ordered, valuesAt } from './numbers.ts';
import { bestOf, sampleOf, signOf } from './sample.ts';
import { withFigure } from './select.ts';

/** Axes of a query that names none. */
const mostAxes = 30;
/** Digits of the ends of a chosen part of an axis. */
const digits = 5;
/** What a place on an axis, and a line beside its places, take of an answer of this size at most. */
const [bytesOfPlace, bytesOfLine, bytesOfAnswer] = [10, 26, 54_000];
/** Labels of all choices together. */
const bytesOfLabels = 12_000;

export interface ParallelAsked {
  readonly trials: Int32Array;
  readonly figure: Float64Array;
  readonly direction: Direction;
  /** In the order of the space. */
  readonly axes: readonly ChartAxis[];
  /** True: the query names them, and they are drawn whether they vary or not. */
  readonly named: boolean;
  readonly maxPoints: number;
  readonly seed: number;
}

type Body = Omit<ParallelChart, 'revision' | 'objective' | 'metric' | 'params'>;

/** A line for each trial through its parameters: the best decile, as far as there is room, and a sample of the others. */
export function parallel({ further }: TrialColumns, asked: ParallelAsked): Body {
  const { trials, figure, direction, axes, named, maxPoints, seed } = asked;
  const used = withFigure(trials, figure);
  const columnOf = ({ name }: ChartAxis): Float64Array => further.get(paramKey(name))!;
  const varying = axes.filter((axis) => varies(columnOf(axis), used));
  const shownAxes = withRoom(named ? axes : varying, named);
  const room = bytesOfAnswer - shownAxes.reduce((sum, axis) => sum + labelBytes(axis), 0);
  const most = Math.min(maxPoints, Math.floor(room / (shownAxes.length * bytesOfPlace + bytesOfLine)));
  const best = bestOf(used, figure, signOf(direction), Math.min(Math.ceil(used.length / 10), most >> 1));
  const isBest = new Set(best);
  const others =
    used.length <= most
      ? used
      : sampleOf(
          used.filter((number) => !isBest.has(number)),
          most - best.length,
          seed,
        );
  const rows = used.length <= most ? used : Int32Array.from([...best, ...others]).sort();
  const weight = used.length <= most ? 1 : (used.length - best.length) / others.length;
  return {
    direction,
    total: trials.length,
    used: used.length,
    shown: rows.length,
    reduced: rows.length < used.length ? 'sample' : 'none',
    looked: axes.length,
    varying: varying.length,
    axes: shownAxes,
    columns: Object.fromEntries(
      shownAxes.map((axis) => {
        const column = columnOf(axis);
        const places = valuesAt(column, rows);
        return [axis.name, axis.kind === 'float' ? ordered(places, digits) : exact(places)];
      }),
    ),
    value: ordered(valuesAt(figure, rows), digits),
    number: [...rows],
    weight: Array.from(rows, (number) => (used.length <= most || isBest.has(number) ? 1 : Number(weight.toPrecision(4)))),
  };
}

/**
 * The first axes whose labels have room in an answer. Labels are not left out of an axis: what is chosen along it becomes a filter of them.
 * @throws AssayError `usage` for a named parameter with more values
 */
function withRoom(axes: readonly ChartAxis[], named: boolean): readonly ChartAxis[] {
  let room = bytesOfLabels;
  const shown = axes.filter((axis) => {
    const bytes = labelBytes(axis);
    if (bytes > room) return false;
    room -= bytes;
    return true;
  });
  if (!named) return shown.slice(0, mostAxes);
  const without = axes.find((axis) => !shown.includes(axis));
  if (without === undefined) return shown;
  throw new AssayError('usage', `the ${without.labels!.length} values of ${without.name} have no room beside the other parameters`, {
    place: 'params',
    hint: 'leave it out, or ask for its slice, which shows the values that most trials have',
  });
}

/** True if two of the trials have different values. */
function varies(column: Float64Array, numbers: Int32Array): boolean {
  let first = Number.NaN;
  for (const number of numbers) {
    const value = column[number]!;
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(first)) first = value;
    else if (value !== first) return true;
  }
  return false;
}
