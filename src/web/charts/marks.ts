import type { Marker } from '../../plot/palette.ts';

/** What a plot can draw. Columns are arrays of one length; NaN is a hole, an infinity a tick on the edge of the scale. */
export type Numbers = readonly number[];

/** Any colour of CSS, `var(--series-1)` too; resolved when the plot is drawn and again when the scheme changes. */
export type Colour = string;

interface Named {
  /** Said in the legend and in the tip; an empty name is in no legend. */
  readonly name: string;
  readonly colour: Colour;
}

export interface Points extends Named {
  readonly kind: 'points';
  readonly x: Numbers;
  readonly y: Numbers;
  /** Of the trial behind each point. */
  readonly ids?: Numbers;
  /** Default: a filled circle. */
  readonly marker?: Marker;
  /** Diameter in px. Default: 7. */
  readonly size?: number;
  /** From 0 to 1. Default: 1. */
  readonly opacity?: number;
}

export interface Line extends Named {
  readonly kind: 'line';
  readonly x: Numbers;
  readonly y: Numbers;
  /** Of the trial that the whole line shows, or of the trial behind each of its points. */
  readonly id?: number;
  readonly ids?: Numbers;
  /** Lengths of strokes and gaps in px; empty: solid. */
  readonly dash?: Numbers;
  /** In px. Default: 1.5. */
  readonly width?: number;
  /** True: a value holds until the next one. */
  readonly steps?: boolean;
  readonly opacity?: number;
  /** What its last point says: `bar`: it was stopped there; `open`: it goes on. */
  readonly end?: 'bar' | 'open';
}

/** The area between two lines. */
export interface Band extends Named {
  readonly kind: 'band';
  readonly x: Numbers;
  readonly low: Numbers;
  readonly high: Numbers;
  /** Default: that of areas. */
  readonly opacity?: number;
}

/** Rectangles from `base` (default 0) to `y` over [x0, x1): a histogram. */
export interface Bars extends Named {
  readonly kind: 'bars';
  readonly x0: Numbers;
  readonly x1: Numbers;
  readonly y: Numbers;
  readonly base?: number;
}

/** Rectangles in shades of one hue: a map of a third quantity. */
export interface Cells extends Named {
  readonly kind: 'cells';
  readonly x0: Numbers;
  readonly x1: Numbers;
  readonly y0: Numbers;
  readonly y1: Numbers;
  /** Of each rectangle, from 0 (like the paper) to 1. */
  readonly shade: Numbers;
}

/** Bars from x0 to x1 in rows: what ran when. */
export interface Spans extends Named {
  readonly kind: 'spans';
  readonly x0: Numbers;
  readonly x1: Numbers;
  /** The middle of each bar's row; bars are 0.7 of a row high. */
  readonly y: Numbers;
  readonly ids: Numbers;
  /** `solid`; `outline`: hollow; `dashed`: hollow with a broken edge; `open`: solid, and its right end goes on. */
  readonly look: 'solid' | 'outline' | 'dashed' | 'open';
}

/** An interval of y at each x. */
export interface Whiskers extends Named {
  readonly kind: 'whiskers';
  readonly x: Numbers;
  readonly low: Numbers;
  readonly high: Numbers;
}

/** A line across the plot: a limit, a threshold, now. */
export interface Rule extends Named {
  readonly kind: 'rule';
  readonly on: 'x' | 'y';
  readonly at: number;
  readonly dash?: Numbers;
}

export type Series = Points | Line | Band | Bars | Cells | Spans | Whiskers | Rule;

export interface PlotAxis {
  /** `time`: milliseconds since 1970, shown in UTC. `category`: places in `labels`. */
  readonly kind: 'linear' | 'log' | 'time' | 'category';
  readonly label: string;
  readonly labels?: readonly string[];
  /** True: there is nothing between whole numbers, so no tick either. */
  readonly whole?: boolean;
  /** True: each label has a row of its own, high enough for it. */
  readonly rows?: boolean;
  /** Of values of this axis in ticks and tips. Default: 4 significant digits. */
  readonly format?: (x: number) => string;
  /** Fixed range; default: of what is shown. */
  readonly range?: readonly [number, number];
  /** Values that must be in the range, such as 0. */
  readonly include?: Numbers;
  /** The values by which far is measured. Default: all that are shown. */
  readonly bulk?: Numbers;
  /** True: values far from the others are ticks on the edge, with their number, until a person asks for all. Default: on y, where points are drawn. */
  readonly clip?: boolean;
}

/** A mark under the pointer or the keyboard. */
export interface Hit {
  /** Place in the list of series. */
  readonly series: number;
  /** Place in its columns. */
  readonly index: number;
  /** Number of the trial behind it. */
  readonly id: number | undefined;
  readonly x: number;
  readonly y: number;
}

/** The columns by which a series is scaled, drawn and picked; a rule has a place on one axis only. */
export function columnsOf(series: Series): { readonly x: readonly Numbers[]; readonly y: readonly Numbers[] } {
  switch (series.kind) {
    case 'points':
    case 'line':
      return { x: [series.x], y: [series.y] };
    case 'band':
    case 'whiskers':
      return { x: [series.x], y: [series.low, series.high] };
    case 'bars':
      return { x: [series.x0, series.x1], y: [series.y, [series.base ?? 0]] };
    case 'spans':
      return { x: [series.x0, series.x1], y: [series.y] };
    case 'cells':
      return { x: [series.x0, series.x1], y: [series.y0, series.y1] };
    case 'rule':
      return series.on === 'x' ? { x: [[series.at]], y: [] } : { x: [], y: [[series.at]] };
  }
}

/** The trial behind a mark of a series. */
export function idOf(series: Series, index: number): number | undefined {
  if (series.kind === 'points' || series.kind === 'spans') return series.ids?.[index];
  if (series.kind === 'line') return series.ids?.[index] ?? series.id;
  return undefined;
}
