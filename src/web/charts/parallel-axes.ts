import type { ParallelChart } from '../../api/routes/charts/parallel.ts';
import { linear, log, type Scale } from '../../plot/scale.ts';
import { numbersOf } from './columns.ts';
import { shortened } from './frame.ts';
import { valueName } from './history.ts';
import { rangeOf } from './range.ts';

/** An axis of parallel coordinates: a parameter that varies, or the value at the right end. */
export interface ParallelAxis {
  /** Its name in filters: `param:lr`, `value`, `objective:risk`, `metric:drawdown`. */
  readonly field: string;
  readonly name: string;
  readonly labels?: readonly (string | number | boolean | null)[];
  readonly whole: boolean;
  /** From values (of a choice: places of its labels) to px; the low end is at the bottom. */
  readonly scale: Scale;
  readonly column: readonly number[];
}

/** Ends of a chosen part of an axis, in its own values; of a choice, places of labels. */
export type Interval = readonly [low: number, high: number];

/** Chosen parts by field; a line is inside if it is in all of them. */
export type Brush = Readonly<Record<string, Interval>>;

/** Axes in the order of the answer, the value last. @param height of an axis in px */
export function parallelAxes(chart: ParallelChart, height: number): readonly ParallelAxis[] {
  const { axes, columns, nonFinite } = chart;
  const params = axes.map(({ name, kind, log: logarithmic, low, high, labels }): ParallelAxis => {
    const column = numbersOf(columns[name], `columns.${name}`, nonFinite);
    const common = { field: `param:${name}`, name, whole: kind === 'int', column };
    // Half a place more on either side, so that each label has a band of its own.
    if (labels !== undefined) return { ...common, labels, scale: linear([-0.5, labels.length - 0.5], [height, 0]) };
    return { ...common, scale: logarithmic ? log([low, high], [height, 0]) : linear([low, high], [height, 0]) };
  });
  const value = numbersOf(chart.value, 'value', nonFinite);
  const numbers = value.filter(Number.isFinite);
  const best = chart.direction === 'maximize' ? Math.max(...numbers) : Math.min(...numbers);
  const { low, high } = rangeOf([value], { clip: true, include: [best] });
  return [
    ...params,
    { field: valueField(chart), name: valueName(chart), whole: false, scale: linear([low, high], [height, 0]), column: value },
  ];
}

function valueField({ metric, objective }: Pick<ParallelChart, 'metric' | 'objective'>): string {
  if (metric !== null) return `metric:${metric}`;
  return objective === null ? 'value' : `objective:${objective}`;
}

/** Where a line crosses an axis; one that has no value there crosses in the lane below it. */
export function crossings({ scale, column, labels }: ParallelAxis, numbers: readonly number[], height: number): Float64Array {
  const band = labels === undefined ? 0 : Math.abs(scale(1) - scale(0));
  return Float64Array.from(column, (x, i) => {
    if (Number.isNaN(x)) return height + missingLane;
    const place = x === Number.POSITIVE_INFINITY ? 0 : x === Number.NEGATIVE_INFINITY ? height : scale(x);
    // Lines of one choice are spread over its band, each at a place of its own that does not change.
    return Math.min(height, Math.max(0, place + band * 0.5 * (((numbers[i]! * 0.618034) % 1) - 0.5)));
  });
}

/** The lane of what is missing lies this far below an axis, in px. */
export const missingLane = 18;

/** For each line, whether it is in every chosen part. A line without a value on a chosen axis is not. */
export function inside(axes: readonly ParallelAxis[], brush: Brush, n: number): readonly boolean[] {
  const chosen = axes.flatMap(({ field, column }) => (brush[field] === undefined ? [] : [{ column, part: brush[field] }]));
  return Array.from({ length: n }, (_, i) => chosen.every(({ column, part: [low, high] }) => column[i]! >= low && column[i]! <= high));
}

/** Values of an axis between two places in px: rounded to short numbers, whole ones to numbers that exist, of a choice to places. */
export function intervalOf({ scale, labels, whole }: Pick<ParallelAxis, 'scale' | 'labels' | 'whole'>, from: number, to: number): Interval {
  const [a, b] = [scale.invert(Math.max(from, to)), scale.invert(Math.min(from, to))];
  const [least, most] = scale.domain;
  const [low, high] = [Math.max(a, least), Math.min(b, most)];
  if (labels !== undefined || whole) return [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  return [Number(low.toPrecision(5)), Number(high.toPrecision(5))];
}

/** The line nearest to a place between two axes, within `radius` px; null: none. */
export function nearestLine(
  crossed: readonly Float64Array[],
  { at, along, y, radius }: { readonly at: number; readonly along: number; readonly y: number; readonly radius: number },
  among: readonly boolean[],
): number | null {
  const [left, right] = [crossed[at], crossed[at + 1] ?? crossed[at]];
  if (left === undefined || right === undefined) return null;
  let found: number | null = null;
  let least = radius;
  for (let i = 0; i < left.length; i++) {
    if (among[i] !== true) continue;
    const distance = Math.abs(left[i]! + (right[i]! - left[i]!) * along - y);
    if (distance <= least) {
      least = distance;
      found = i;
    }
  }
  return found;
}

/** Rank of each line's value from 0 (worst) to 1 (best); NaN counts as the worst. */
export function ranks(values: readonly number[], direction: 'minimize' | 'maximize'): Float64Array {
  const sign = direction === 'maximize' ? 1 : -1;
  const keys = values.map((x) => (Number.isNaN(x) ? Number.NEGATIVE_INFINITY : sign * x));
  const order = keys.map((_, i) => i).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : a - b));
  const shares = new Float64Array(values.length);
  for (const [place, i] of order.entries()) shares[i] = values.length === 1 ? 1 : place / (values.length - 1);
  return shares;
}

/** Words at places of an axis, in px. */
export function axisTicks({ scale, labels, whole }: ParallelAxis): readonly { readonly y: number; readonly text: string }[] {
  if (labels !== undefined) {
    const each = Math.ceil(labels.length / 16);
    return labels.flatMap((label, i) => (i % each === 0 ? [{ y: scale(i), text: shortened(String(label), 10) }] : []));
  }
  const ticks = scale.ticks(5).filter((tick) => !whole || Number.isInteger(tick));
  const texts = scale.labels(ticks);
  return ticks.map((tick, i) => ({ y: scale(tick), text: texts[i]! }));
}
