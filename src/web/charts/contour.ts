import type { ContourChart } from '../../api/routes/charts/contour.ts';
import { count, value } from '../../plot/format.ts';
import { numbersOf } from './columns.ts';
import { valueName } from './history.ts';
import type { Cells, PlotAxis, Series } from './marks.ts';
import { ranks } from './parallel-axes.ts';
import { sharesOf } from './shades.ts';
import { leftOut, paramAxis } from './slice.ts';
import type { Table } from './table.ts';

interface Cell {
  readonly x: number;
  readonly y: number;
  readonly mean: number;
  readonly n: number;
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

/** Edges of cells from their middles, halfway between neighbours: on a log axis by ratio. One middle alone gets a width around it. */
export function edgesOf(middles: readonly number[], log: boolean): readonly number[] {
  const places = log ? middles.map(Math.log) : middles;
  const between = places.slice(1).map((place, i) => (place + places[i]!) / 2);
  const first = places[0]!;
  const last = places.at(-1)!;
  const half = places.length === 1 ? 0.5 : 0;
  const outer = [
    first - (between[0] === undefined ? half : between[0] - first),
    last + (between.length === 0 ? half : last - between.at(-1)!),
  ];
  const edges = [outer[0]!, ...between, outer[1]!];
  return log ? edges.map(Math.exp) : edges;
}

/** The cells that hold trials. */
export function contourCells({ axes, x, y, z, n, nonFinite }: ContourChart): readonly Cell[] {
  const [across, up] = axes;
  const [xs, ys] = [numbersOf(x, 'x', nonFinite), numbersOf(y, 'y', nonFinite)];
  if (xs.length === 0 || ys.length === 0) return [];
  const xEdges = edgesOf(xs, across!.log);
  const yEdges = edgesOf(ys, up!.log);
  return z.flatMap((row, k) => {
    const means = numbersOf(row, `z.${k}`, nonFinite);
    return means.flatMap((mean, i): readonly Cell[] => {
      const held = n[k]![i]!;
      if (held === 0) return [];
      return [{ x: xs[i]!, y: ys[k]!, mean, n: held, x0: xEdges[i]!, x1: xEdges[i + 1]!, y0: yEdges[k]!, y1: yEdges[k + 1]! }];
    });
  });
}

const hue = 'var(--series-1)';

/** Means of the cells as a map with the trials on it; or the trials alone, in shades of their ranks. */
export function contourSeries(chart: ContourChart, show: 'mean' | 'rank'): readonly Series[] {
  const { points, direction, nonFinite } = chart;
  const of = (name: 'x' | 'y' | 'value') => numbersOf(points[name], `points.${name}`, nonFinite);
  const trials = { kind: 'points', x: of('x'), y: of('y'), ids: points.number } as const;
  if (show === 'rank') {
    const shares = [...ranks(of('value'), direction)];
    const steps = [0, 0.2, 0.4, 0.6, 0.8];
    return steps.flatMap((from, i): readonly Series[] => {
      const within = shares.flatMap((share, k) => (share >= from && (share < from + 0.2 || i === steps.length - 1) ? [k] : []));
      if (within.length === 0) return [];
      const name = i === steps.length - 1 ? 'best fifth' : i === 0 ? 'worst fifth' : '';
      const colour = `color-mix(in srgb, ${hue} ${20 + 20 * i}%, var(--raised))`;
      return [
        {
          ...trials,
          name,
          colour,
          size: 5 + i,
          x: within.map((k) => trials.x[k]!),
          y: within.map((k) => trials.y[k]!),
          ids: within.map((k) => points.number[k]!),
        },
      ];
    });
  }
  const cells = contourCells(chart);
  const { shares } = sharesOf(cells.map(({ mean }) => mean));
  const towards = direction === 'maximize' ? shares : shares.map((share) => 1 - share);
  const map: Cells = {
    ...{ kind: 'cells', name: '', colour: hue, shade: towards.map((share) => (Number.isNaN(share) ? 0 : share)) },
    ...{ x0: cells.map(({ x0 }) => x0), x1: cells.map(({ x1 }) => x1), y0: cells.map(({ y0 }) => y0), y1: cells.map(({ y1 }) => y1) },
  };
  return [map, { ...trials, name: '', colour: 'var(--ink)', size: 3, opacity: 0.6 }];
}

/** The ends of the shades, in words: the darkest is the best. */
export function contourShades(chart: ContourChart): { readonly pale: string; readonly dark: string } {
  const { low, high } = sharesOf(contourCells(chart).map(({ mean }) => mean));
  return chart.direction === 'maximize' ? { pale: value(low), dark: value(high) } : { pale: value(high), dark: value(low) };
}

export function contourAxes({ axes }: ContourChart): { readonly x: PlotAxis; readonly y: PlotAxis } {
  return { x: paramAxis(axes[0]!), y: { ...paramAxis(axes[1]!), clip: false } };
}

/** "The highest mean of a cell, 2.31 of 12 trials, lies at lr 0.001 and layers 3." */
export function contourFinding(chart: ContourChart): string {
  const { used, inCells } = chart;
  const beside = inCells < used ? ` ${count(inCells)} of ${count(used)} trials are in the cells.` : '';
  return bestOfContour(chart) + leftOut(chart.axes) + beside;
}

function bestOfContour(chart: ContourChart): string {
  const cells = contourCells(chart).filter(({ mean }) => !Number.isNaN(mean));
  const best = cells.reduce<Cell | null>(
    (found, cell) => (found === null || isBetter(cell.mean, found.mean, chart.direction) ? cell : found),
    null,
  );
  if (best === null) return 'No complete trial has both parameters.';
  const [across, up] = chart.axes;
  const said = (axis: ContourChart['axes'][number], place: number): string =>
    `${axis.name} ${axis.labels === undefined ? value(place) : String(axis.labels[Math.round(place)])}`;
  const word = chart.direction === 'maximize' ? 'highest' : 'lowest';
  const of = best.n === 1 ? 'one trial' : `${count(best.n)} trials`;
  return `The ${word} mean of a cell, ${value(best.mean)} of ${of}, lies at ${said(across!, best.x)} and ${said(up!, best.y)}.`;
}

const isBetter = (a: number, b: number, direction: ContourChart['direction']): boolean => (direction === 'maximize' ? a > b : a < b);

export function contourTable(chart: ContourChart): Table {
  const [across, up] = chart.axes;
  const label = (axis: ContourChart['axes'][number], place: number) => (axis.labels === undefined ? place : axis.labels[Math.round(place)]);
  return {
    columns: [across!.name, up!.name, `mean ${valueName(chart)}`, 'n'],
    rows: contourCells(chart).map(({ x, y, mean, n }) => [label(across!, x), label(up!, y), mean, n]),
  };
}
