import type { ChartAxis } from '../routes/charts/common.ts';
import type { SliceChart } from '../routes/charts/slice.ts';
import { type Cells, cellsOf, paramKey } from './axis.ts';
import { shownChoices } from './choices.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, exact, quantilesOf, valuesAt } from './numbers.ts';
import { sampleOf } from './sample.ts';
import { lettersOf, withFigure } from './select.ts';

/** Points of all parameters together, so that an answer stays small. */
const mostPoints = 1500;
const mostBins = 16;
/** Values of a choice, and bytes of their labels, that are drawn of all parameters together, and of one. */
const [mostValues, mostOfParam, bytesOfLabels] = [300, 48, 6000];

export interface SliceAsked {
  readonly trials: Int32Array;
  readonly figure: Float64Array;
  readonly axes: readonly ChartAxis[];
  readonly maxPoints: number;
  readonly seed: number;
}

type Body = Pick<SliceChart, 'total' | 'used' | 'shown' | 'reduced' | 'params'>;

/** The value against each of some parameters. */
export function slice(columns: TrialColumns, { trials, figure, axes, maxPoints, seed }: SliceAsked): Body {
  const used = withFigure(trials, figure);
  const most = Math.min(maxPoints, Math.floor(mostPoints / axes.length));
  const drawnTrials = new Set<number>();
  const usedTrials = new Uint8Array(columns.n);
  const values = Math.min(mostOfParam, Math.floor(mostValues / axes.length));
  const params = axes.map((whole) => {
    const every = columns.further.get(paramKey(whole.name))!;
    const asking = withFigure(used, every);
    const { axis, column } = shownChoices(whole, every, asking, values, bytesOfLabels / axes.length);
    const having = withFigure(asking, column);
    const shown = sampleOf(having, most, seed);
    for (const number of asking) usedTrials[number] = 1;
    for (const number of shown) drawnTrials.add(number);
    const places = valuesAt(column, shown);
    return {
      ...axis,
      used: asking.length,
      x: axis.kind === 'float' ? drawn(places) : exact(places),
      y: drawn(valuesAt(figure, shown)),
      number: [...shown],
      state: lettersOf(columns, shown),
      medianBand: bandOf(axis, column, figure, having),
    };
  });
  let n = 0;
  for (let number = 0; number < usedTrials.length; number++) n += usedTrials[number]!;
  return { total: trials.length, used: n, shown: drawnTrials.size, reduced: drawnTrials.size < n ? 'sample' : 'none', params };
}

function bandOf(axis: ChartAxis, column: Float64Array, figure: Float64Array, having: Int32Array): Body['params'][number]['medianBand'] {
  const cells = cellsOf(axis, mostBins);
  const filled = inCells(cells, column, having).flatMap((own, cell) =>
    own.length === 0 ? [] : [{ x: cells.middles[cell]!, n: own.length, quartiles: quantilesOf(valuesAt(figure, own), [0.25, 0.5, 0.75]) }],
  );
  // All three together, so that they are rounded alike.
  const all = drawn([0, 1, 2].flatMap((k) => filled.map(({ quartiles }) => quartiles[k]!)));
  const n = filled.length;
  return {
    x: drawn(filled.map(({ x }) => x)),
    low: all.slice(0, n),
    mid: all.slice(n, 2 * n),
    high: all.slice(2 * n),
    n: filled.map((bin) => bin.n),
  };
}

/** The trials of each cell, in their order. */
function inCells(cells: Cells, column: Float64Array, numbers: Int32Array): readonly Int32Array[] {
  const cellOf = new Int32Array(numbers.length);
  const ends = new Int32Array(cells.n);
  for (let i = 0; i < numbers.length; i++) {
    const cell = cells.cellOf(column[numbers[i]!]!);
    cellOf[i] = cell;
    ends[cell]! += 1;
  }
  for (let cell = 1; cell < cells.n; cell++) ends[cell]! += ends[cell - 1]!;
  const sorted = new Int32Array(numbers.length);
  const starts = ends.slice();
  for (let i = numbers.length - 1; i >= 0; i--) {
    const at = starts[cellOf[i]!]! - 1;
    starts[cellOf[i]!] = at;
    sorted[at] = numbers[i]!;
  }
  return Array.from(ends, (end, cell) => sorted.subarray(starts[cell], end));
}
