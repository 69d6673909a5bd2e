import type { SessionCalendar } from './calendars/calendar.ts';
import { dateOfDay } from './calendars/dates.ts';
import { dayMs, zoneClock } from './local-time.ts';
import { sessionOfBar } from './sessions.ts';
import { type BarBlock, type BarStream, filterBlock } from './stream.ts';

/** What a cut to the sessions left out, and what it took for closing auctions. */
export interface SessionCutReport {
  /** Number of bars outside every session. */
  readonly outside: number;
  /** ISO times of the first few. */
  readonly firstOutside: readonly string[];
  /** Number of bars that start at the close of a day on which the file goes on after it: they hold trades after hours. */
  readonly afterClose: number;
  /** Number of bars that start at the close and were kept as the print of the closing auction: high, low and close are their open. */
  readonly auctions: number;
}

const listedTimes = 5;

/**
 * Keeps the bars of the calendar's sessions. A bar that starts at the close counts only as the auction's print at its open, because it
 * may hold trades after hours; it does not count at all where the file goes on after it on that day, nor anywhere in a file that does
 * so on most days. With `bar` its other prices are kept as well. Reads the stream once, and once more whenever the result is read.
 * @throws AssayError as the calendar for a date that it does not cover.
 */
export function cutToSessions(
  stream: BarStream,
  calendar: SessionCalendar,
  auction: 'print' | 'bar' = 'print',
): { readonly stream: BarStream; readonly report: SessionCutReport } {
  const clock = zoneClock(calendar.zone);
  const localDay = (utcMs: number): number => Math.floor(clock.localMsOf(utcMs) / dayMs);
  const isAtClose = (utcMs: number): boolean =>
    calendar.closingAuction && calendar.sessionAt(utcMs) === null && sessionOfBar(calendar, utcMs) !== null;
  const goesOn = new Set<number>();
  const firstOutside: string[] = [];
  let [outside, atClose] = [0, 0];
  let closedOn: number | null = null;

  for (const { time } of stream.blocks())
    for (const utcMs of time) {
      if (closedOn !== null && localDay(utcMs) === closedOn) goesOn.add(closedOn);
      closedOn = null;
      if (isAtClose(utcMs)) {
        atClose++;
        closedOn = localDay(utcMs);
      } else if (calendar.sessionAt(utcMs) === null) {
        outside++;
        if (firstOutside.length < listedTimes) firstOutside.push(new Date(utcMs).toISOString());
      }
    }

  const isExtended = 2 * goesOn.size > atClose;
  const isAuction = (utcMs: number): boolean => isAtClose(utcMs) && !isExtended && !goesOn.has(localDay(utcMs));
  const afterClose = isExtended ? atClose : goesOn.size;
  const isKept = (utcMs: number): boolean => calendar.sessionAt(utcMs) !== null || isAuction(utcMs);
  return {
    stream: {
      ...stream,
      blocks: function* () {
        for (const block of stream.blocks()) {
          const kept = filterBlock(block, (row) => isKept(block.time[row]!));
          if (kept.time.length > 0) yield auction === 'print' && atClose > afterClose ? printsOnly(kept, isAuction) : kept;
        }
      },
    },
    report: { outside, firstOutside, afterClose, auctions: atClose - afterClose },
  };
}

/**
 * Bars of a day start at their date's session, whatever time of the date their source stamps. Midnight UTC outside of a session stands for
 * the date that begins with it: west of Greenwich it is on the evening before. A date without a session keeps its time and
 * is left out by {@link cutToSessions}. Shorter bars stay as they are.
 */
export function dailyBars(stream: BarStream, calendar: SessionCalendar, barMs: number): BarStream {
  if (barMs < dayMs) return stream;
  const clock = zoneClock(calendar.zone);
  const dateOf = (utcMs: number): string => dateOfDay(Math.floor((utcMs % dayMs === 0 ? utcMs : clock.localMsOf(utcMs)) / dayMs));
  const openOf = (utcMs: number): number => (calendar.sessionAt(utcMs) ?? calendar.sessionOf(dateOf(utcMs)))?.openMs ?? utcMs;
  return {
    ...stream,
    blocks: function* () {
      for (const block of stream.blocks()) yield { ...block, time: block.time.map(openOf) };
    },
  };
}

/** The block with the open of each auction's bar as its only price. */
function printsOnly(block: BarBlock, isAuction: (utcMs: number) => boolean): BarBlock {
  const { time, open } = block;
  const printed = (values: Float64Array): Float64Array => values.map((value, row) => (isAuction(time[row]!) ? open[row]! : value));
  return { ...block, high: printed(block.high), low: printed(block.low), close: printed(block.close) };
}
