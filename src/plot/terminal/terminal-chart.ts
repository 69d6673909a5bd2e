import {
  type BarChart,
  type Chart,
  type Layer,
  legendOf,
  type Panel,
  pathsOf,
  placeOf,
  type XyChart,
  xScaleOf,
  yScaleOf,
} from '../chart.ts';
import { plainPercent } from '../format.ts';
import type { MarkerShape, Token } from '../palette.ts';
import type { Scale } from '../scale.ts';
import { createDots, type Dots } from './dots.ts';
import { shareBar } from './share-bar.ts';

export interface TerminalSize {
  /** Longest line, in characters. */
  readonly width: number;
  /** Rows of the panels together, without titles and axes. */
  readonly rows: number;
}

/** Colours a text, or returns it as it is where the terminal has no colours. */
export type Paint = (text: string, colour: Token | 'bold') => string;

const leastColumns = 16;
/** Wider is no clearer. */
const mostColumns = 120;

/** A chart in characters: dots for points and curves, lines for steps; every line fits the width. */
export function terminalChart(chart: Chart, { width, rows }: TerminalSize, paint: Paint): readonly string[] {
  const columns = Math.max(leastColumns, Math.min(width, mostColumns));
  const body = chart.kind === 'xy' ? drawXy(chart, { width: columns, rows }, paint) : drawBars(chart, columns, paint);
  return [
    ...broken(chart.title, columns).map((line) => paint(line, 'bold')),
    ...broken(chart.finding, columns),
    ...body,
    ...broken(chart.note, columns).map((line) => paint(line, 'muted')),
  ];
}

/** The panels and their axes, without title and notes. @param withNames the legend, and what the x axis shows */
export function drawXy(chart: XyChart, { width, rows }: TerminalSize, paint: Paint, { withNames = true } = {}): readonly string[] {
  const shares = chart.panels.reduce((sum, { share }) => sum + share, 0);
  const frames = chart.panels.map((panel) => {
    const height = Math.max(3, Math.round((rows * panel.share) / shares));
    const scale = yScaleOf(panel, [4 * height - 1, 0]);
    const ticks = scale.ticks(Math.max(3, Math.floor(height / 3)));
    return { panel, height, scale, ticks, labels: scale.labels(ticks) };
  });
  const margin = Math.max(...frames.flatMap(({ labels }) => labels.map((label) => label.length))) + 1;
  const columns = Math.max(1, width - margin - 1);
  const toX = xScaleOf(chart, [0, 2 * columns - 1]);
  const lines = frames.flatMap(({ panel, height, scale, ticks, labels }) => {
    const dots = createDots(columns, height);
    for (const layer of panel.layers) drawLayer(dots, layer, toX, scale);
    const label = new Map(ticks.map((tick, i) => [Math.floor(Math.round(scale(tick)) / 4), labels[i]!]));
    return [
      paint(`${' '.repeat(margin)}${panel.y.label}`.slice(0, width), 'muted'),
      ...dots.cells().map((cells, row) => {
        const text = label.get(row);
        const axis = paint(`${(text ?? '').padStart(margin - 1)} ${text === undefined ? '│' : '┤'}`, 'muted');
        return axis + painted(cells, paint);
      }),
    ];
  });
  const axis = drawXAxis(toX, margin, columns, paint);
  if (!withNames) return [...lines, ...axis];
  const name = chart.x.label.slice(0, columns);
  const centred = `${' '.repeat(margin + 1 + Math.max(0, Math.floor((columns - name.length) / 2)))}${name}`;
  return [...lines, ...axis, paint(centred, 'muted'), ...drawLegend(chart.panels, width, paint)];
}

function painted(cells: ReturnType<Dots['cells']>[number], paint: Paint): string {
  let text = '';
  for (let i = 0; i < cells.length; ) {
    const { colour } = cells[i]!;
    let run = '';
    for (; i < cells.length && cells[i]!.colour === colour; i++) run += cells[i]!.text;
    text += colour === null ? run : paint(run, colour);
  }
  return text.trimEnd();
}

function drawLayer(dots: Dots, layer: Layer, toX: Scale, toY: Scale): void {
  const { colour } = layer;
  switch (layer.kind) {
    case 'points':
      for (const [i, x] of layer.x.entries()) {
        const [px, py] = [placeOf(toX, x), placeOf(toY, layer.y[i])];
        if (!Number.isNaN(px + py)) dots.dot(px, py, colour);
      }
      return;
    case 'line':
      for (const path of pathsOf({ ...layer, stepped: false }, toX, toY)) {
        if (layer.stepped === true) drawSteps(dots, path, colour);
        else if (path.length === 1) dots.dot(...path[0]!, colour);
        else for (let i = 1; i < path.length; i++) dots.line(path[i - 1]!, path[i]!, colour);
      }
      return;
    case 'level':
      for (let column = 0; column < dots.columns; column += 2) dots.dot(2 * column, toY(layer.y), colour);
      return;
    case 'band':
      drawBand(dots, layer, toX, toY);
  }
}

/** Bars upright; of an area its two edges. */
function drawBand(dots: Dots, { x, low, high, colour, barWidth }: Extract<Layer, { kind: 'band' }>, toX: Scale, toY: Scale): void {
  if (barWidth === undefined) {
    for (const y of [low, high]) for (const path of pathsOf({ x, y }, toX, toY)) for (const [px, py] of path) dots.dot(px, py, colour);
    return;
  }
  for (const [i, each] of x.entries()) {
    const [px, from, to] = [placeOf(toX, each), placeOf(toY, low[i]), placeOf(toY, high[i])];
    if (!Number.isNaN(px + from + to)) dots.line([px, from], [px, to], colour);
  }
}

/** Level lines and the corners between them. @param path in dots */
function drawSteps(dots: Dots, path: readonly (readonly [number, number])[], colour: Token): void {
  let level: number | undefined;
  let next = 0;
  for (let column = 0; column < dots.columns; column++) {
    const before = level;
    for (; next < path.length && path[next]![0] < 2 * column + 2; next++) level = Math.floor(Math.round(path[next]![1]) / 4);
    if (level === undefined) continue;
    if (before === undefined || before === level) {
      dots.character(column, level, '─', colour);
      continue;
    }
    const up = level < before;
    dots.character(column, before, up ? '╯' : '╮', colour);
    for (let row = Math.min(level, before) + 1; row < Math.max(level, before); row++) dots.character(column, row, '│', colour);
    dots.character(column, level, up ? '╭' : '╰', colour);
  }
}

function drawXAxis(toX: Scale, margin: number, columns: number, paint: Paint): readonly string[] {
  const ticks = toX.ticks(Math.max(2, Math.floor(columns / 14)));
  const labels = toX.labels(ticks);
  const line = Array.from({ length: columns }, () => '─');
  const words = Array.from({ length: columns + margin + 1 }, () => ' ');
  let free = 0;
  for (const [i, tick] of ticks.entries()) {
    const column = Math.min(columns - 1, Math.floor(Math.round(toX(tick)) / 2));
    const text = labels[i]!;
    const start = Math.max(free, Math.min(margin + 1 + column - Math.floor(text.length / 2), words.length - text.length));
    // A label that has no room is left out with its tick.
    if (start + text.length > words.length || start > margin + 1 + column) continue;
    line[column] = '┬';
    words.splice(start, text.length, ...text.split(''));
    free = start + text.length + 1;
  }
  return [paint(`${' '.repeat(margin)}└${line.join('')}`, 'muted'), paint(words.join('').trimEnd(), 'muted')];
}

const markers: Readonly<Record<MarkerShape, readonly [filled: string, hollow: string]>> = {
  circle: ['●', '○'],
  square: ['■', '□'],
  triangle: ['▲', '△'],
  diamond: ['◆', '◇'],
  cross: ['×', '×'],
  plus: ['+', '+'],
};

function drawLegend(panels: readonly Panel[], width: number, paint: Paint): readonly string[] {
  const lines: string[] = [];
  let used = width;
  for (const layer of legendOf(panels)) {
    const name = layer.name!.slice(0, Math.max(1, width - 4));
    const text = `${paint(sampleOf(layer), layer.colour)} ${name}`;
    const length = sampleOf(layer).length + 1 + name.length;
    if (used + 3 + length > width) {
      lines.push(text);
      used = length;
    } else {
      lines[lines.length - 1] = `${lines.at(-1)}   ${text}`;
      used += 3 + length;
    }
  }
  return lines;
}

function sampleOf(layer: Layer): string {
  switch (layer.kind) {
    case 'points':
      // Every point is a dot; only its colour tells.
      return markers[layer.marker.shape][layer.marker.filled ? 0 : 1];
    case 'line':
      return layer.stepped === true ? '──' : '⠤⠤';
    case 'level':
      return '⠄⠄';
    case 'band':
      return layer.barWidth === undefined ? '⠒⠒' : '⡇⡇';
  }
}

function drawBars({ bars, label }: BarChart, width: number, paint: Paint): readonly string[] {
  const percents = bars.map(({ share }) => plainPercent(share));
  const figures = Math.max(0, ...percents.map((text) => text.length));
  const names = Math.min(Math.max(0, ...bars.map(({ name }) => name.length)), Math.max(8, Math.floor(width / 2)));
  const room = Math.max(4, width - names - figures - 3);
  const most = Math.max(1e-9, ...bars.map(({ high, share }) => Math.max(high, share)));
  const shown = (name: string): string => (name.length <= names ? name.padEnd(names) : `${name.slice(0, names - 1)}…`);
  return [
    ...bars.map(({ name, low, high }, i) =>
      `${shown(name)} ${percents[i]!.padStart(figures)} ${paint(shareBar(low / most, high / most, room), 'series-1')}`.trimEnd(),
    ),
    ...broken(label, width).map((line) => paint(line, 'muted')),
  ];
}

/** Lines of at most `width` characters, broken at blanks where they can be. */
function broken(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).flatMap((each) => each.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [])) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
