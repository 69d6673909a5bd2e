import type { Direction } from '../../search/trial/history.ts';
import type { ChartAxis } from '../routes/charts/common.ts';
import type { ParallelChart } from '../routes/charts/parallel.ts';
import { paramKey } from './axis.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, exact } from './numbers.ts';
import { bestOf, sampleOf, signOf } from './sample.ts';
import { withFigure } from './select.ts';

/** Axes of a query that names none. */
const mostAxes = 30;
/** Digits of a place on an axis, and what a place, and a line beside its places, take of an answer of this size at most. */
const digits = 4;
const [bytesOfPlace, bytesOfLine, bytesOfAnswer] = [9, 26, 54_000];

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

type Body = Omit<ParallelChart, 'revision' | 'objective' | 'metric'>;

/** A line for each trial through its parameters: the best decile, as far as there is room, and a sample of the others. */
export function parallel({ further }: TrialColumns, asked: ParallelAsked): Body {
  const { trials, figure, direction, axes, named, maxPoints, seed } = asked;
  const used = withFigure(trials, figure);
  const columnOf = ({ name }: ChartAxis): Float64Array => further.get(paramKey(name))!;
  const varying = axes.filter((axis) => varies(columnOf(axis), used));
  const shownAxes = named ? axes : varying.slice(0, mostAxes);
  const most = Math.min(maxPoints, Math.floor(bytesOfAnswer / (shownAxes.length * bytesOfPlace + bytesOfLine)));
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
    varying: varying.length,
    axes: shownAxes,
    columns: Object.fromEntries(
      shownAxes.map((axis) => {
        const column = columnOf(axis);
        const places = Array.from(rows, (number) => column[number]!);
        return [axis.name, axis.kind === 'float' ? drawn(places, digits) : exact(places)];
      }),
    ),
    value: drawn(Array.from(rows, (number) => figure[number]!)),
    number: [...rows],
    weight: Array.from(rows, (number) => (used.length <= most || isBest.has(number) ? 1 : Number(weight.toPrecision(4)))),
  };
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
