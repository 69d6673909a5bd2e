import type { Bar, BarChart } from './chart.ts';
import { percent } from './format.ts';
import { edge, size } from './layout.ts';
import { areaOpacity } from './palette.ts';
import { linear, type Scale } from './scale.ts';
import type { Mark } from './scene.ts';
import { cut, widthOf } from './text.ts';

const rowHeight = 22;

/** Height that a picture of the bars takes. */
export function heightOfBars({ bars }: BarChart): number {
  return 150 + rowHeight * bars.length;
}

/** Between the ends of the head and the foot of the picture. */
export function drawBars({ bars, label }: BarChart, width: number, top: number, bottom: number): Mark[] {
  const names = bars.map(({ name }) => cut(name, width * 0.4, size.text));
  const left = edge + 8 + Math.max(0, ...names.map((name) => widthOf(name, size.text)));
  const right = width - edge - 76;
  const toX = linear([0, Math.max(0.05, ...bars.map(({ high, share }) => Math.max(high, share)))], [left, right]);
  const from = top + 14;
  const axisY = Math.min(bottom - 40, from + rowHeight * bars.length + 4);
  const row = bars.length === 0 ? rowHeight : (axisY - from - 4) / bars.length;
  const ticks = toX.ticks(Math.max(2, Math.floor((right - left) / 90)));
  return [
    ...ticks.flatMap((tick): Mark[] => [
      {
        kind: 'polyline',
        points: [
          [toX(tick), from],
          [toX(tick), axisY],
        ],
        colour: 'line',
        width: 1,
      },
      {
        kind: 'text',
        at: [toX(tick), axisY + 16],
        text: `${Math.round(1000 * tick) / 10} %`,
        size: size.text,
        colour: 'muted',
        anchor: 'middle',
      },
    ]),
    ...bars.flatMap((bar, i) => drawBar(bar, names[i]!, toX, from + row * (i + 0.5), Math.min(12, row * 0.6))),
    {
      kind: 'polyline',
      points: [
        [left, from],
        [left, axisY],
      ],
      colour: 'muted',
      width: 1,
    },
    { kind: 'text', at: [(left + right) / 2, axisY + 34], text: label, size: size.text, colour: 'muted', anchor: 'middle' },
  ];
}

function drawBar({ share, low, high }: Bar, name: string, toX: Scale, y: number, height: number): Mark[] {
  const [from, to] = toX.range;
  return [
    { kind: 'text', at: [from - 8, y + 4], text: name, size: size.text, colour: 'ink', anchor: 'end' },
    {
      kind: 'rectangle',
      at: [from, y - height / 2],
      width: Math.max(1, toX(share) - from),
      height,
      colour: 'series-1',
      opacity: areaOpacity,
    },
    {
      kind: 'polyline',
      points: [
        [toX(low), y],
        [toX(high), y],
      ],
      colour: 'series-1',
      width: 1.5,
    },
    ...[low, high].map(
      (end): Mark => ({
        kind: 'polyline',
        points: [
          [toX(end), y - 4],
          [toX(end), y + 4],
        ],
        colour: 'series-1',
        width: 1.5,
      }),
    ),
    { kind: 'text', at: [to + 64, y + 4], text: percent(share), size: size.text, colour: 'ink', anchor: 'end' },
  ];
}
