/** Colours, dashes and markers. The pages have the colours as custom properties (`src/web/style/tokens.css`; a test holds the two together). */

export type Scheme = 'light' | 'dark';

const light = {
  paper: '#fbfbfa',
  raised: '#ffffff',
  line: '#e3e4e6',
  ink: '#1b1d21',
  muted: '#5a606b',
  accent: '#0b5cad',
  pass: '#00735f',
  fail: '#b3261e',
  warn: '#8a5a00',
  'series-1': '#1d4ed8',
  'series-2': '#ea580c',
  'series-3': '#0d9ba1',
  'series-4': '#701a75',
  'series-5': '#3f3f00',
} as const;

/** The name of a colour; in CSS `var(--name)`. */
export type Token = keyof typeof light;

export const schemes: Readonly<Record<Scheme, Readonly<Record<Token, string>>>> = {
  light,
  dark: {
    paper: '#14161a',
    raised: '#1b1e24',
    line: '#2a2e35',
    ink: '#e8eaed',
    muted: '#a0a7b4',
    accent: '#6cb2ff',
    pass: '#3fcfae',
    fail: '#ff8a80',
    warn: '#f0b84c',
    'series-1': '#6d7dff',
    'series-2': '#ee6a35',
    'series-3': '#80efe2',
    'series-4': '#bfa6ea',
    'series-5': '#f3ea3c',
  },
};

/** Series that colour alone tells apart under every kind of sight; from the next one on dash and marker change. */
export const seriesColours = 5;

/** The colour of the i-th series, from 0. */
export function seriesToken(i: number): Token {
  return `series-${(i % seriesColours) + 1}` as Token;
}

/** The same as CSS writes it: it follows the scheme of the page. */
export function seriesColour(i: number): string {
  return `var(--${seriesToken(i)})`;
}

/** Opacity of areas (bands, bars, histograms), which shout in the full colour of a line. */
export const areaOpacity = 0.35;

const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

/** Lengths of strokes and gaps in px, as SVG and canvas take them; none for the first five. */
export function seriesDash(i: number): readonly number[] {
  return dashes[Math.floor(i / seriesColours) % dashes.length]!;
}

export type MarkerShape = 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'plus';

export interface Marker {
  readonly shape: MarkerShape;
  /** False: outline only. Crosses and pluses are lines anyway. */
  readonly filled: boolean;
}

const seriesShapes: readonly MarkerShape[] = ['circle', 'square', 'triangle', 'diamond'];

/** For the points of the i-th series: another shape for each five. */
export function seriesMarker(i: number): Marker {
  return { shape: seriesShapes[Math.floor(i / seriesColours) % seriesShapes.length]!, filled: true };
}

/** What a trial is. */
export type PointState = 'complete' | 'pruned' | 'failed' | 'running' | 'infeasible';

export const stateMarkers: Readonly<Record<PointState, Marker>> = {
  complete: { shape: 'circle', filled: true },
  pruned: { shape: 'diamond', filled: false },
  failed: { shape: 'cross', filled: false },
  running: { shape: 'circle', filled: false },
  infeasible: { shape: 'plus', filled: false },
};

/** The outline of a marker around 0, 0 as SVG path data, which a canvas takes too (`Path2D`); shapes look equally large. @param r radius in px of the circle */
export function markerPath(shape: MarkerShape, r: number): string {
  const at = (...points: readonly (readonly [number, number])[]) => points.map(([x, y]) => `${round(x * r)} ${round(y * r)}`);
  switch (shape) {
    case 'circle':
      return `M${round(-r)} 0A${round(r)} ${round(r)} 0 1 0 ${round(r)} 0A${round(r)} ${round(r)} 0 1 0 ${round(-r)} 0Z`;
    case 'square':
      return `M${at([-0.89, -0.89], [0.89, -0.89], [0.89, 0.89], [-0.89, 0.89]).join('L')}Z`;
    case 'triangle':
      return `M${at([0, -1.35], [1.17, 0.67], [-1.17, 0.67]).join('L')}Z`;
    case 'diamond':
      return `M${at([0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]).join('L')}Z`;
    case 'cross':
      return `M${at([-1, -1], [1, 1]).join('L')}M${at([1, -1], [-1, 1]).join('L')}`;
    case 'plus':
      return `M${at([-1.2, 0], [1.2, 0]).join('L')}M${at([0, -1.2], [0, 1.2]).join('L')}`;
  }
}

const round = (x: number): number => Math.round(100 * x) / 100 || 0;
