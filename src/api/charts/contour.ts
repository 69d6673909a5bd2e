import type { ChartAxis } from '../routes/charts/common.ts';
import type { ContourChart } from '../routes/charts/contour.ts';
import { cellsOf, paramKey } from './axis.ts';
import { type ShownChoices, shownChoices } from './choices.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, exact, valuesAt } from './numbers.ts';
import { sampleOf } from './sample.ts';
import { withFigure } from './select.ts';

const mostPoints = 300;
/** Labels of a choice on either axis. */
const bytesOfLabels = 4000;

export interface ContourAsked {
  readonly trials: Int32Array;
  readonly figure: Float64Array;
  readonly axes: readonly [ChartAxis, ChartAxis];
  /** Along each axis. */
  readonly cells: number;
  readonly seed: number;
}

type Body = Pick<ContourChart, 'total' | 'used' | 'inCells' | 'shown' | 'reduced' | 'axes' | 'x' | 'y' | 'z' | 'n' | 'points'>;

/** The mean value over cells of two parameters, and some of the trials. */
export function contour({ further }: TrialColumns, { trials, figure, axes: whole, cells, seed }: ContourAsked): Body {
  const columnOf = ({ name }: ChartAxis): Float64Array => further.get(paramKey(name))!;
  const used = withFigure(withFigure(withFigure(trials, figure), columnOf(whole[0])), columnOf(whole[1]));
  const [{ axis: first, column: across }, { axis: second, column: up }] = whole.map((axis) =>
    shownChoices(axis, columnOf(axis), used, cells, bytesOfLabels),
  ) as [ShownChoices, ShownChoices];
  const axes = [first, second] as const;
  const inCells = withFigure(withFigure(used, across), up);
  const [columns, rows] = axes.map((axis) => cellsOf(axis, cells)) as [ReturnType<typeof cellsOf>, ReturnType<typeof cellsOf>];
  const sums = new Float64Array(columns.n * rows.n);
  const counts = new Int32Array(columns.n * rows.n);
  for (const number of inCells) {
    const cell = rows.cellOf(up[number]!) * columns.n + columns.cellOf(across[number]!);
    sums[cell]! += figure[number]!;
    counts[cell]! += 1;
  }
  // An empty cell is missing; a cell of infinities of both signs has no mean, which is a number that JSON has not.
  const filled = [...counts.keys()].filter((cell) => counts[cell]! > 0);
  const means = drawn(filled.map((cell) => sums[cell]! / counts[cell]!));
  const z: (number | null)[] = Array.from(counts, () => null);
  for (const [i, cell] of filled.entries()) z[cell] = means[i] ?? Number.NaN;
  const inRows = <Item>(all: readonly Item[]): Item[][] =>
    Array.from({ length: rows.n }, (_, row) => all.slice(row * columns.n, (row + 1) * columns.n));
  const shown = sampleOf(inCells, mostPoints, seed);
  const places = (axis: ChartAxis, column: Float64Array): (number | null)[] => {
    const all = valuesAt(column, shown);
    return axis.kind === 'float' ? drawn(all) : exact(all);
  };
  return {
    total: trials.length,
    used: used.length,
    inCells: inCells.length,
    shown: shown.length,
    reduced: shown.length < used.length ? 'bins' : 'none',
    axes,
    x: drawn(columns.middles),
    y: drawn(rows.middles),
    z: inRows(z),
    n: inRows([...counts]),
    points: {
      x: places(axes[0], across),
      y: places(axes[1], up),
      value: drawn(valuesAt(figure, shown)),
      number: [...shown],
    },
  };
}
