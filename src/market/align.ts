import { AssayError } from '../core/errors.ts';
import { createAccount, type Seen } from './align-account.ts';
import { barFields } from './bars.ts';
import type { SessionCalendar } from './calendars/calendar.ts';
import { type BarBlock, type BarStream, filterBlock, mapColumns } from './stream.ts';

/** Bars that an alignment left out. */
export interface AlignmentReport {
  /** Number of bars that every symbol has. */
  readonly rows: number;
  readonly dropped: readonly {
    readonly symbol: string;
    readonly bars: number;
    /** ISO times of the first few. */
    readonly firstTimes: readonly string[];
  }[];
  /** Sessions, between the first and the last of every symbol, on which a symbol has no bar and another one does. */
  readonly missingSessions: readonly { readonly symbol: string; readonly date: string }[];
  /** Number of rows that repeat an earlier bar of a symbol, parallel to the symbols; 0 where only common times are kept. */
  readonly filled: readonly number[];
}

/** Consecutive bars of several symbols at the same times, parallel to the symbols. */
export interface AlignedBlock {
  readonly time: Float64Array;
  readonly series: readonly BarBlock[];
}

/** Aligned bars on their way to a data set. */
export interface AlignedStream {
  readonly symbols: readonly string[];
  /** Each call reads from the first bar again. */
  readonly blocks: () => Iterable<AlignedBlock>;
  readonly report: AlignmentReport;
}

/**
 * Joins the bars of several symbols at the times that all of them have (an inner join on equal starts), block by block. Missing bars are
 * not filled: {@link alignAsOf} does that. Reads the streams once for the report, and once more whenever the result is read.
 * @param streams each sorted by time without duplicates.
 * @throws AssayError `data_invalid` if no time is common to all.
 */
export function alignStreams(streams: readonly BarStream[], calendar: SessionCalendar): AlignedStream {
  const symbols = streams.map((stream) => stream.symbol);
  const account = createAccount(symbols, calendar);
  let rows = 0;
  for (const { time } of joined(streams, account.see)) rows += time.length;
  if (rows === 0)
    throw new AssayError('data_invalid', `no bar time is common to ${symbols.join(' and ')}`, {
      hint: 'check that the files cover the same dates, and that zone and stamp (start or end) are declared correctly for each',
    });
  return { symbols, blocks: () => joined(streams), report: account.report(rows, new Array<number>(symbols.length).fill(0)) };
}

/** The bars at common times, in blocks no longer than the first stream's. `seen` is called for every bar of every symbol k. */
function* joined(streams: readonly BarStream[], seen: Seen = () => undefined): Generator<AlignedBlock> {
  const others = streams.slice(1).map((stream, k) => createCursor(stream, (timeMs) => seen(k + 1, timeMs, false)));
  for (const block of streams[0]?.blocks() ?? []) {
    const drafts = others.map((other) => other.draft(block.time.length));
    const kept = filterBlock(block, (row) => {
      const timeMs = block.time[row]!;
      let isCommon = true;
      for (const other of others) isCommon = other.moveTo(timeMs) && isCommon;
      seen(0, timeMs, isCommon);
      if (!isCommon) return false;
      for (const [k, other] of others.entries()) {
        other.take(drafts[k]!);
        seen(k + 1, timeMs, true);
      }
      return true;
    });
    const n = kept.time.length;
    if (n > 0) yield { time: kept.time, series: [kept, ...drafts.map((draft) => mapColumns(draft, (values) => values.subarray(0, n)))] };
  }
  for (const other of others) other.moveTo(Number.POSITIVE_INFINITY);
}

interface Cursor {
  /** Moves to the first bar at a time or later; true if there is one at that time. */
  readonly moveTo: (timeMs: number) => boolean;
  /** A block of rows for {@link take}. */
  readonly draft: (rows: number) => BarBlock & { taken: number };
  /** Appends the bar at the cursor to a draft and moves on. */
  readonly take: (draft: BarBlock & { taken: number }) => void;
}

/** @param skipped called with the time of each bar that was moved over without being taken. */
function createCursor(stream: BarStream, skipped: (timeMs: number) => void): Cursor {
  const blocks = stream.blocks()[Symbol.iterator]();
  let block: BarBlock | null = null;
  let row = 0;
  /** True if there is a bar at the cursor. */
  const fill = (): boolean => {
    while (block === null || row >= block.time.length) {
      const next = blocks.next();
      if (next.done === true) return false;
      block = next.value;
      row = 0;
    }
    return true;
  };
  return {
    moveTo: (timeMs) => {
      for (; fill() && block!.time[row]! < timeMs; row++) skipped(block!.time[row]!);
      return fill() && block!.time[row] === timeMs;
    },
    draft: (rows) => {
      const column = (): Float64Array => new Float64Array(rows);
      const extra = Object.fromEntries(stream.extra.map((name) => [name, column()]));
      return { time: column(), open: column(), high: column(), low: column(), close: column(), volume: column(), extra, taken: 0 };
    },
    take: (draft) => {
      const at = draft.taken++;
      draft.time[at] = block!.time[row]!;
      for (const field of barFields) draft[field][at] = block![field][row]!;
      for (const name of stream.extra) draft.extra[name]![at] = block!.extra[name]![row]!;
      row++;
    },
  };
}
