import { value } from '../../plot/format.ts';
import { linear, log, type Scale, time } from '../../plot/scale.ts';
import { columnsOf, type Numbers, type PlotAxis, type Series } from './marks.ts';
import { type Range, rangeOf } from './range.ts';

/** An axis with the range that it shows. */
export interface FramedAxis extends Range {
  readonly axis: PlotAxis;
  /** From values to the unit interval over the whole range. */
  readonly scale: Scale;
}

export interface Frame {
  readonly x: FramedAxis;
  readonly y: FramedAxis;
}

/** Fits the axes to what is shown. With `all`, values far from the others are inside too. */
export function frameOf(series: readonly Series[], axes: { readonly x: PlotAxis; readonly y: PlotAxis }, all: boolean): Frame {
  const points = series.some(({ kind }) => kind === 'points');
  const columns = series.map(columnsOf);
  return {
    x: framed(
      columns.flatMap(({ x }) => x),
      axes.x,
      !all && axes.x.clip === true,
    ),
    y: framed(
      columns.flatMap(({ y }) => y),
      axes.y,
      !all && (axes.y.clip ?? points),
    ),
  };
}

function framed(columns: readonly Numbers[], axis: PlotAxis, clip: boolean): FramedAxis {
  if (axis.kind === 'category') {
    const [low, high] = [-0.5, Math.max(axis.labels?.length ?? 1, 1) - 0.5];
    return { axis, low, high, below: 0, above: 0, scale: linear([low, high], [0, 1]) };
  }
  const fitted = rangeOf(columns, { log: axis.kind === 'log', clip, include: axis.include, bulk: axis.bulk, range: axis.range });
  return { axis, ...fitted, scale: scaleOf(axis.kind, [fitted.low, fitted.high]) };
}

function scaleOf(kind: PlotAxis['kind'], domain: readonly [number, number]): Scale {
  if (kind === 'log') return log(domain, [0, 1]);
  return kind === 'time' ? time(domain, [0, 1]) : linear(domain, [0, 1]);
}

/** A tick at a place of the unit interval of the whole range. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

const longestLabel = 18;

/** At most about `most` ticks of the part [from, to] of the axis; some more where these are one, as one tick shows no scale. */
export function ticksOf({ axis, scale }: FramedAxis, [from, to]: readonly [number, number], most: number): readonly Tick[] {
  if (axis.kind === 'category') return categoryTicks(axis, scale, [from, to], most);
  const part = from === 0 && to === 1 ? scale : scaleOf(axis.kind, [scale.invert(from), scale.invert(to)]);
  const choices = [0, 1, 2, 3].map((more) =>
    part.ticks(Math.max(2, most) + more).filter((tick) => axis.whole !== true || Number.isInteger(tick)),
  );
  const ticks = choices.find(({ length }) => length > 1) ?? choices[0]!;
  const labels = axis.format === undefined ? part.labels(ticks) : ticks.map(axis.format);
  return ticks.map((tick, i) => ({ at: scale(tick), label: labels[i]! }));
}

/** Every category, or each k-th where they do not fit. */
function categoryTicks({ labels = [] }: PlotAxis, scale: Scale, [from, to]: readonly [number, number], most: number): readonly Tick[] {
  const each = Math.max(1, Math.ceil(labels.length / Math.max(1, most)));
  return labels
    .map((label, i) => ({ at: scale(i), label: shortened(label, longestLabel), i }))
    .filter(({ at, i }) => i % each === 0 && at >= from && at <= to);
}

/** A value as the axis says it. */
export function saidOn({ kind, labels, format }: PlotAxis, x: number): string {
  if (Number.isNaN(x)) return value(null);
  if (kind === 'category') return labels?.[Math.round(x)] ?? value(x);
  if (format !== undefined) return format(x);
  return kind === 'time' && Number.isFinite(x) ? `${new Date(x).toISOString().slice(0, 19).replace('T', ' ')} UTC` : value(x);
}

/** A text of at most `most` letters: its middle gives way, since names differ at their ends. */
export function shortened(text: string, most: number): string {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`;
}

/** "2 above and 1 below the scale"; empty where none is. */
export function outsideText({ below, above }: Pick<Range, 'below' | 'above'>): string {
  const parts = [above > 0 ? `${above} above` : '', below > 0 ? `${below} below` : ''].filter((part) => part !== '');
  return parts.length === 0 ? '' : `${parts.join(' and ')} the scale`;
}
