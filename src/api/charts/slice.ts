import type { ChartAxis } from '../routes/charts/common.ts';
import type { SliceChart } from '../routes/charts/slice.ts';
import { cellsOf, paramKey } from './axis.ts';
import { shownChoices } from './choices.ts';
import type { TrialColumns } from './columns.ts';
import { drawn, exact, quantileOf } from './numbers.ts';
import { sampleOf } from './sample.ts';
import { lettersOf, withFigure } from './select.ts';

/** Points of all parameters together, so that an answer stays small. */
const mostPoints = 1500;
const mostBins = 16;
/** Values of a choice, and bytes of their labels, that are drawn of all parameters together, and of one. */
const [mostValues, mostOfParam, bytesOfLabels] = [300, 48, 6000];
/** Values of a bin whose quartiles are exact; of more they are those of as many drawn at random. */
const mostOfBin = 2000;

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
    const places = Array.from(shown, (number) => column[number]!);
    return {
      ...axis,
      used: asking.length,
      x: axis.kind === 'float' ? drawn(places) : exact(places),
      y: drawn(Array.from(shown, (number) => figure[number]!)),
      number: [...shown],
      state: lettersOf(columns, shown),
      medianBand: bandOf(axis, column, figure, having, seed),
    };
  });
  const n = usedTrials.reduce((sum, one) => sum + one, 0);
  return { total: trials.length, used: n, shown: drawnTrials.size, reduced: drawnTrials.size < n ? 'sample' : 'none', params };
}

function bandOf(
  axis: ChartAxis,
  column: Float64Array,
  figure: Float64Array,
  having: Int32Array,
  seed: number,
): Body['params'][number]['medianBand'] {
  const cells = cellsOf(axis, mostBins);
  const numbers = Array.from({ length: cells.n }, (): number[] => []);
  for (const number of having) numbers[cells.cellOf(column[number]!)]!.push(number);
  const filled = numbers.flatMap((own, cell) => {
    if (own.length === 0) return [];
    const sample = sampleOf(Int32Array.from(own), mostOfBin, seed);
    return [{ x: cells.middles[cell]!, n: own.length, sorted: Float64Array.from(sample, (number) => figure[number]!).sort() }];
  });
  const quantile = (share: number): number[] => filled.map(({ sorted }) => quantileOf(sorted, share));
  const all = drawn([0.25, 0.5, 0.75].flatMap(quantile));
  const n = filled.length;
  return {
    x: drawn(filled.map(({ x }) => x)),
    low: all.slice(0, n),
    mid: all.slice(n, 2 * n),
    high: all.slice(2 * n),
    n: filled.map((bin) => bin.n),
  };
}
