import { AssayError } from '../../core/errors.ts';
import type { StoredBars, StoredBarsBuilder } from './bar-store.ts';

/** Order of a file's rows in time. */
export type RowOrder = 'ascending' | 'descending';

/** The bars of one symbol of one file. */
export interface FileBars {
  readonly bars: StoredBars;
  readonly order: RowOrder;
}

/** Takes the bars of one symbol of a file, row by row. */
export interface OrderedBars {
  readonly push: (
    line: number,
    time: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    extra: Float64Array,
  ) => void;
  /** Line of the first bar. */
  readonly firstLine: () => number;
  /** @throws AssayError `data_invalid` at the first row that repeats a time or is out of the order. */
  readonly done: () => FileBars;
}

/** @param declared order of the rows; without it, that of the first two. */
export function createOrderedBars(builder: StoredBarsBuilder, path: string, declared: RowOrder | null): OrderedBars {
  let order = declared;
  let [n, firstMs, lastMs, firstLine, lastLine] = [0, 0, 0, 0, 0];
  let fault: { readonly line: number; readonly before: number; readonly beforeMs: number; readonly ms: number } | null = null;
  return {
    push: (line, time, open, high, low, close, volume, extra) => {
      if (n === 0) [firstMs, firstLine] = [time, line];
      else {
        order ??= time < lastMs ? 'descending' : 'ascending';
        if (fault === null && (order === 'ascending' ? time <= lastMs : time >= lastMs))
          fault = { line, before: lastLine, beforeMs: lastMs, ms: time };
      }
      n++;
      [lastMs, lastLine] = [time, line];
      if (fault === null) builder.push(time, open, high, low, close, volume, extra);
    },
    firstLine: () => firstLine,
    done: () => {
      if (fault !== null) throw outOfOrder(fault, path, declared, order!, (lastMs - firstMs) * (order === 'ascending' ? 1 : -1) < 0);
      return { bars: builder.done(), order: order ?? 'ascending' };
    },
  };
}

function outOfOrder(
  { line, before, beforeMs, ms }: { readonly line: number; readonly before: number; readonly beforeMs: number; readonly ms: number },
  path: string,
  declared: RowOrder | null,
  order: RowOrder,
  isOpposite: boolean,
): AssayError {
  const place = `${path}:${line}, column datetime`;
  if (ms === beforeMs)
    return new AssayError('data_invalid', `the time ${isoOf(ms)} of line ${before} is repeated`, {
      place,
      hint: 'remove one of the two lines; bars of several symbols need a column that names them (--symbol-column)',
    });
  const runs = `time runs ${order === 'ascending' ? 'backwards' : 'forwards'} from line ${before} (${isoOf(beforeMs)}) to ${isoOf(ms)}`;
  if (declared === null)
    return new AssayError('data_invalid', `${runs}: the rows are in no order`, { place, hint: 'sort the file by time' });
  const opposite = order === 'ascending' ? 'descending' : 'ascending';
  return new AssayError('data_invalid', `${runs}, but ${order} was declared`, {
    place,
    hint: isOpposite ? `the file looks ${opposite}: --order ${opposite}` : 'sort the file by time',
  });
}

export function isoOf(utcMs: number): string {
  return new Date(utcMs).toISOString();
}
