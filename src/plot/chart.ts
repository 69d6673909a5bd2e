/** What a chart shows, in its own units: drawn as a picture by `draw-chart.ts` and with characters by `terminal/`. */

import type { Marker, Token } from './palette.ts';
import type { Scale } from './scale.ts';
import { linear, log, time, widened, widenedLog } from './scale.ts';
import { type Domain, extentOf } from './ticks.ts';

/** A column; null and numbers that are not finite have no place. */
export type Column = readonly (number | null)[];

export interface Axis {
  readonly label: string;
  readonly kind: 'linear' | 'log' | 'time';
  /** Numbers that lie on the axis whatever is drawn. */
  readonly includes?: readonly number[];
  /** Its ticks are whole numbers. */
  readonly whole?: true;
}

interface Named {
  readonly colour: Token;
  /** In the legend; without one it is not there. */
  readonly name?: string;
}

/** A line through points; a missing number leaves a gap. */
export interface LineLayer extends Named {
  readonly kind: 'line';
  readonly x: Column;
  readonly y: Column;
  /** In px; default 1.5. */
  readonly width?: number;
  /** Strokes and gaps in px. */
  readonly dash?: readonly number[];
  /** True: level until the next point, as a best value is. */
  readonly stepped?: boolean;
  readonly opacity?: number;
}

export interface PointLayer extends Named {
  readonly kind: 'points';
  readonly x: Column;
  readonly y: Column;
  readonly marker: Marker;
  readonly opacity?: number;
}

/** What lies between two lines, or between the ends of bars that stand at `x`. */
export interface BandLayer extends Named {
  readonly kind: 'band';
  readonly x: Column;
  readonly low: Column;
  readonly high: Column;
  /** Width of each bar; absent: one area. */
  readonly barWidth?: number;
}

/** A level over the whole width. */
export interface LevelLayer extends Named {
  readonly kind: 'level';
  readonly y: number;
}

export type Layer = LineLayer | PointLayer | BandLayer | LevelLayer;

export interface Panel {
  readonly y: Axis;
  /** Drawn in this order. */
  readonly layers: readonly Layer[];
  /** Share of the height, of which the panels together take all. */
  readonly share: number;
}

interface Said {
  readonly title: string;
  /** What it shows, in a sentence. */
  readonly finding: string;
  /** Of how many it shows how many, and what limits it. */
  readonly note: string;
}

/** Panels over each other that share the x axis. */
export interface XyChart extends Said {
  readonly kind: 'xy';
  readonly x: Axis;
  readonly panels: readonly Panel[];
}

export interface Bar {
  readonly name: string;
  /** From 0 to 1; the interval's ends lie around it. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** Shares of a whole as bars, each with its interval. */
export interface BarChart extends Said {
  readonly kind: 'bars';
  readonly label: string;
  readonly bars: readonly Bar[];
}

export type Chart = XyChart | BarChart;

/** Those of the numbers that have a place on the axis. */
const placeable = (axis: Axis, columns: readonly Column[]): readonly (number | null)[] =>
  axis.kind === 'log' ? columns.flat().filter((x) => x !== null && x > 0) : columns.flat();

function scaleOf(axis: Axis, columns: readonly Column[], range: readonly [number, number], margin: number): Scale {
  const found = extentOf([...placeable(axis, columns), ...(axis.includes ?? [])]);
  if (axis.kind === 'log') return log(widenedLog(found ?? [1, 10], margin), range);
  const domain: Domain = found ?? [0, 1];
  return axis.kind === 'time' && domain[0] < domain[1]
    ? time(domain, range)
    : (axis.kind === 'time' ? time : linear)(widened(domain, margin), range);
}

const columnsOf = (layer: Layer): { readonly x: readonly Column[]; readonly y: readonly Column[] } => {
  if (layer.kind === 'level') return { x: [], y: [[layer.y]] };
  return layer.kind === 'band' ? { x: [layer.x], y: [layer.low, layer.high] } : { x: [layer.x], y: [layer.y] };
};

/** The axis that all panels share, from what they draw. @param range in px or characters */
export function xScaleOf({ x, panels }: XyChart, range: readonly [number, number]): Scale {
  const scale = scaleOf(
    x,
    panels.flatMap(({ layers }) => layers.flatMap((layer) => columnsOf(layer).x)),
    range,
    0.015,
  );
  if (x.whole === undefined) return scale;
  const ticks = scale.ticks;
  return Object.assign(scale, { ticks: (most?: number) => ticks(most).filter(Number.isInteger) });
}

export function yScaleOf({ y, layers }: Panel, range: readonly [number, number]): Scale {
  return scaleOf(
    y,
    layers.flatMap((layer) => columnsOf(layer).y),
    range,
    0.06,
  );
}

/** The corners of a line with its steps, as places of a scale; an empty list at each gap. */
export function pathsOf(
  { x, y, stepped }: Pick<LineLayer, 'x' | 'y' | 'stepped'>,
  toX: Scale,
  toY: Scale,
): readonly (readonly (readonly [number, number])[])[] {
  const paths: [number, number][][] = [[]];
  for (let i = 0; i < x.length; i++) {
    const [px, py] = [placeOf(toX, x[i]), placeOf(toY, y[i])];
    const path = paths.at(-1)!;
    if (Number.isNaN(px) || Number.isNaN(py)) {
      if (path.length > 0) paths.push([]);
      continue;
    }
    const last = path.at(-1);
    if (stepped === true && last !== undefined) path.push([px, last[1]]);
    path.push([px, py]);
  }
  return paths.filter((path) => path.length > 0);
}

/** NaN where it has none. */
export function placeOf(scale: Scale, x: number | null | undefined): number {
  return x === null || x === undefined || !Number.isFinite(x) ? Number.NaN : scale(x);
}

/** The layers that the legend names, each name once. */
export function legendOf(panels: readonly Panel[]): readonly Layer[] {
  const seen = new Set<string>();
  return panels
    .flatMap(({ layers }) => layers)
    .filter(({ name }) => name !== undefined && name !== '' && !seen.has(name) && seen.add(name) !== undefined);
}
