import type { AlignedBars, BarColumns } from '../market/bars.ts';
import { barFields } from '../market/bars.ts';
import type { RowRange } from './feature-set.ts';

/** The rows of a training part: one range, or several in time order that do not touch. */
export type TrainingRows = RowRange | readonly RowRange[];

/** The ranges of a training part. */
export function rangesOf(training: TrainingRows): readonly RowRange[] {
  return 'from' in training ? [training] : training;
}

/**
 * The bars of several ranges alone, one after the other, with the ranges that they are there. Each range must be whole sessions, so that
 * every place where two of them meet is the start of a session.
 */
export function splice(
  bars: AlignedBars,
  ranges: readonly RowRange[],
): { readonly bars: AlignedBars; readonly parts: readonly RowRange[] } {
  const rows = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  const joined = (values: Float64Array): Float64Array => {
    const all = new Float64Array(rows);
    let at = 0;
    for (const { from, to } of ranges) {
      all.set(values.subarray(from, to), at);
      at += to - from;
    }
    return all;
  };
  let end = 0;
  const parts = ranges.map(({ from, to }) => {
    const part = { from: end, to: end + to - from };
    end = part.to;
    return part;
  });
  return {
    parts,
    bars: {
      ...bars,
      time: joined(bars.time),
      session: joined(bars.session),
      bars: bars.bars.map((one) => Object.fromEntries(barFields.map((field) => [field, joined(one[field])])) as unknown as BarColumns),
      columns: bars.columns.map((named) => Object.fromEntries(Object.entries(named).map(([name, values]) => [name, joined(values)]))),
      contracts: bars.contracts.map((one) => one && { ...one, index: joined(one.index), previousOpen: joined(one.previousOpen) }),
    },
  };
}
