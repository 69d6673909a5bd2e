import type { ChartAxis } from '../routes/charts/common.ts';

/** Bytes that the labels of an axis take of an answer. */
export function labelBytes({ labels = [] }: ChartAxis): number {
  return labels.reduce<number>((sum, label) => sum + bytesOf(label), 0);
}

const bytesOf = (label: NonNullable<ChartAxis['labels']>[number]): number => Buffer.byteLength(JSON.stringify(label)) + 1;

/** An axis with the values of a choice that are drawn, and a column of places on it. */
export interface ShownChoices {
  readonly axis: ChartAxis;
  /** NaN: the trial has a value that is not drawn, or none. */
  readonly column: Float64Array;
}

/**
 * Of a choice with more than `most` values, or with labels that take more than `bytes`, those that most of the trials have, of equal ones the
 * first, in the order of the list. Any other axis is as it is.
 */
export function shownChoices(axis: ChartAxis, column: Float64Array, trials: Int32Array, most: number, bytes: number): ShownChoices {
  const { labels } = axis;
  if (labels === undefined || (labels.length <= most && labelBytes(axis) <= bytes)) return { axis, column };
  const counts = new Int32Array(labels.length);
  for (const number of trials) if (!Number.isNaN(column[number]!)) counts[column[number]!]! += 1;
  const kept: number[] = [];
  let room = bytes;
  for (const place of Array.from(labels.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b)) {
    const size = bytesOf(labels[place]!);
    if (kept.length === most || size > room) continue;
    room -= size;
    kept.push(place);
  }
  kept.sort((a, b) => a - b);
  const places = new Map(kept.map((place, at) => [place, at]));
  return {
    axis: { ...axis, high: kept.length - 1, labels: kept.map((place) => labels[place]!), labelsTotal: labels.length },
    column: column.map((place) => places.get(place) ?? Number.NaN),
  };
}
