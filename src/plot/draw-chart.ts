import { type Chart, type Layer, legendOf, type Panel, pathsOf, placeOf, type XyChart, xScaleOf, yScaleOf } from './chart.ts';
import { drawBars } from './draw-bars.ts';
import { edge, lineHeight, size } from './layout.ts';
import { areaOpacity } from './palette.ts';
import type { Scale } from './scale.ts';
import type { Mark, Place, Scene, Text } from './scene.ts';
import { cut, widthOf, wrapped } from './text.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Between panels. */
const gap = 28;

/** A chart as a picture: title, finding, legend, axes and, at the foot, of how many it shows how many. */
export function drawChart(chart: Chart, { width, height }: Size): Scene {
  const inner = width - 2 * edge;
  const finding = wrapped(chart.finding, inner, size.text);
  const note = wrapped(chart.note, inner, size.text);
  const head: Mark[] = [
    { kind: 'text', at: [edge, edge + 12], text: cut(chart.title, inner, size.title), size: size.title, colour: 'ink', bold: true },
    ...linesOf(finding, [edge, edge + 32], 'ink'),
  ];
  const foot = linesOf(note, [edge, height - edge - (note.length - 1) * lineHeight], 'muted');
  const top = edge + 14 + lineHeight * finding.length;
  const bottom = height - edge - note.length * lineHeight;
  const body = chart.kind === 'xy' ? drawPanels(chart, width, top, bottom) : drawBars(chart, width, top, bottom);
  return { width, height, title: chart.title, description: `${chart.finding} ${chart.note}`.trim(), marks: [...head, ...body, ...foot] };
}

const linesOf = (lines: readonly string[], [x, y]: Place, colour: 'ink' | 'muted'): Text[] =>
  lines.map((text, i) => ({ kind: 'text', at: [x, y + i * lineHeight], text, size: size.text, colour }));

function drawPanels(chart: XyChart, width: number, top: number, bottom: number): Mark[] {
  const { marks: legend, height: legendHeight } = drawLegend(legendOf(chart.panels), width, top + 8);
  const shares = chart.panels.reduce((sum, { share }) => sum + share, 0);
  const from = top + legendHeight + 16;
  const room = bottom - 44 - from - gap * (chart.panels.length - 1);
  let y = from;
  const frames = chart.panels.map((panel) => {
    const height = (room * panel.share) / shares;
    const scale = yScaleOf(panel, [y + height, y]);
    const ticks = scale.ticks(Math.max(2, Math.floor(height / 40)));
    const frame = { panel, scale, ticks, labels: scale.labels(ticks), top: y, height };
    y += height + gap;
    return frame;
  });
  const left = edge + 22 + Math.max(...frames.flatMap(({ labels }) => labels.map((label) => widthOf(label, size.text))));
  const right = width - edge - 8;
  const toX = xScaleOf(chart, [left, right]);
  const last = frames.at(-1)!;
  return [...legend, ...frames.flatMap((frame) => drawPanel(frame, toX)), ...drawXAxis(toX, chart.x.label, last.top + last.height)];
}

interface Frame {
  readonly panel: Panel;
  readonly scale: Scale;
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
  readonly top: number;
  readonly height: number;
}

function drawPanel({ panel, scale, ticks, labels, top, height }: Frame, toX: Scale): Mark[] {
  const [left, right] = toX.range;
  const grid = ticks.flatMap((tick, i): Mark[] => [
    {
      kind: 'polyline',
      points: [
        [left, scale(tick)],
        [right, scale(tick)],
      ],
      colour: 'line',
      width: 1,
    },
    { kind: 'text', at: [left - 8, scale(tick) + 4], text: labels[i]!, size: size.text, colour: 'muted', anchor: 'end' },
  ]);
  return [
    ...grid,
    {
      kind: 'text',
      at: [edge + 8, top + height / 2],
      text: cut(panel.y.label, height, size.text),
      size: size.text,
      colour: 'muted',
      anchor: 'middle',
      upright: true,
    },
    {
      kind: 'clipped',
      at: [left, top - 5],
      width: right - left + 5,
      height: height + 10,
      marks: panel.layers.flatMap((layer) => drawLayer(layer, toX, scale)),
    },
    {
      kind: 'polyline',
      points: [
        [left, top + height],
        [right, top + height],
      ],
      colour: 'muted',
      width: 1,
    },
  ];
}

function drawXAxis(toX: Scale, label: string, y: number): Mark[] {
  const [left, right] = toX.range;
  const ticks = toX.ticks(Math.max(2, Math.floor((right - left) / 110)));
  const labels = toX.labels(ticks);
  return [
    ...ticks.flatMap((tick, i): Mark[] => [
      {
        kind: 'polyline',
        points: [
          [toX(tick), y],
          [toX(tick), y + 4],
        ],
        colour: 'muted',
        width: 1,
      },
      {
        kind: 'text',
        at: [toX(tick), y + 18],
        text: labels[i]!,
        size: size.text,
        colour: 'muted',
        anchor: anchorAt(toX(tick), labels[i]!, right),
      },
    ]),
    { kind: 'text', at: [(left + right) / 2, y + 36], text: label, size: size.text, colour: 'muted', anchor: 'middle' },
  ];
}

/** A label that would leave the picture ends at its tick. */
const anchorAt = (x: number, label: string, right: number): 'middle' | 'end' =>
  x + widthOf(label, size.text) / 2 > right + edge ? 'end' : 'middle';

function drawLayer(layer: Layer, toX: Scale, toY: Scale): Mark[] {
  const { colour } = layer;
  switch (layer.kind) {
    case 'line':
      return pathsOf(layer, toX, toY).map((points) => ({
        kind: 'polyline',
        points,
        colour,
        width: layer.width ?? 1.5,
        dash: layer.dash,
        opacity: layer.opacity,
      }));
    case 'points': {
      const points = layer.x.map((x, i): Place => [placeOf(toX, x), placeOf(toY, layer.y[i])]).filter(([x, y]) => !Number.isNaN(x + y));
      return points.length === 0 ? [] : [{ kind: 'markers', points, marker: layer.marker, radius: 3, colour, opacity: layer.opacity }];
    }
    case 'level':
      return [
        {
          kind: 'polyline',
          points: [
            [toX.range[0], toY(layer.y)],
            [toX.range[1], toY(layer.y)],
          ],
          colour,
          width: 1.25,
          dash: [4, 4],
        },
      ];
    case 'band':
      return drawBand(layer, toX, toY);
  }
}

function drawBand({ x, low, high, colour, barWidth }: Extract<Layer, { kind: 'band' }>, toX: Scale, toY: Scale): Mark[] {
  const rows = x
    .map((each, i) => [placeOf(toX, each), placeOf(toY, low[i]), placeOf(toY, high[i])] as const)
    .filter((row) => !row.some(Number.isNaN));
  if (rows.length === 0) return [];
  if (barWidth === undefined) {
    const points = [...rows.map(([px, from]): Place => [px, from]), ...rows.map(([px, , to]): Place => [px, to]).reverse()];
    return [{ kind: 'polygon', points, colour, opacity: areaOpacity / 2 }];
  }
  const width = Math.max(1, (toX(toX.domain[0] + barWidth) - toX.range[0]) * 0.8);
  return rows.map(([px, from, to]) => ({
    kind: 'rectangle',
    at: [px - width / 2, to],
    width,
    height: Math.max(1, from - to),
    colour,
    opacity: areaOpacity,
  }));
}

/** Samples with their names, in as many lines as they need. */
function drawLegend(layers: readonly Layer[], width: number, top: number): { readonly marks: Mark[]; readonly height: number } {
  const marks: Mark[] = [];
  let [x, y] = [edge, top + 12];
  for (const layer of layers) {
    const name = cut(layer.name!, width / 2, size.text);
    const room = 26 + widthOf(name, size.text) + 14;
    if (x > edge && x + room > width - edge) [x, y] = [edge, y + lineHeight];
    marks.push(sampleOf(layer, x, y - 4), { kind: 'text', at: [x + 24, y], text: name, size: size.text, colour: 'ink' });
    x += room;
  }
  return { marks, height: layers.length === 0 ? 0 : y - top + 6 };
}

function sampleOf(layer: Layer, x: number, y: number): Mark {
  const { colour } = layer;
  if (layer.kind === 'points') return { kind: 'markers', points: [[x + 9, y]], marker: layer.marker, radius: 3.5, colour };
  if (layer.kind === 'band') return { kind: 'rectangle', at: [x, y - 5], width: 18, height: 10, colour, opacity: areaOpacity };
  const dash = layer.kind === 'level' ? [4, 4] : layer.dash;
  return {
    kind: 'polyline',
    points: [
      [x, y],
      [x + 18, y],
    ],
    colour,
    width: layer.kind === 'line' ? (layer.width ?? 1.5) : 1.25,
    dash,
  };
}
