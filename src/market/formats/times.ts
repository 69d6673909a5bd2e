import { AssayError } from '../../core/errors.ts';
import type { SessionCalendar } from '../calendars/calendar.ts';
import { dayMs, type ZoneClock, zoneClock } from '../local-time.ts';
import { type BarBlock, type BarStream, mapColumns } from '../stream.ts';
import type { FileBars } from './ordered-bars.ts';
import type { Reading } from './reading.ts';

/** The bars of one symbol of one file, and how they were read. */
export interface Part extends FileBars {
  readonly path: string;
  readonly reading: Reading;
}

/** True if the stamps name no zone and none is known: they are read in the calendar's, which must then show in the bars. */
export function assumesZone({ stampKind, zone }: Reading): boolean {
  return stampKind === 'local' && zone === null;
}

/**
 * A part in ascending order with UTC times. A date alone stands for noon of the calendar's zone on it: the session is that of the date.
 * An end that is given as the last moment of the bar (09:30:59.999) is taken for the next one; with a length, ends become starts. The end
 * of a day becomes a moment before it: a session is shorter than a day.
 * @throws AssayError from the blocks, `data_invalid` for a local time that the clock skipped.
 */
export function streamOfPart(
  { bars, order, path, reading }: Part,
  symbol: string,
  calendar: SessionCalendar,
  barMs: number | null,
): BarStream {
  const { stampKind, stamp } = reading;
  const zone = assumesZone(reading) || stampKind === 'date' ? calendar.zone : null;
  const clock = zone === null ? null : zoneClock(zone);
  const noon = stampKind === 'date' ? noonMs : 0;
  const isEnd = stamp === 'end' && stampKind !== 'date';
  const lengthMs = barMs === null ? 0 : barMs >= dayMs ? 1 : barMs;
  const change = (ms: number): number => {
    const utcMs = clock === null ? ms : utcOf(clock, ms + noon, path, zone!);
    if (!isEnd) return utcMs;
    return (utcMs % 1000 === lastMoment ? utcMs + 1 : utcMs) - lengthMs;
  };
  return {
    symbol,
    extra: reading.fields.extra.map(({ name }) => name),
    *blocks() {
      for (const block of bars.blocks(order === 'descending'))
        yield clock === null && !isEnd ? block : { ...block, time: block.time.map(change) };
    },
  };
}

const noonMs = 43_200_000;
/** Milliseconds of a second at the end of a bar that is given by its last moment. */
const lastMoment = 999;

function utcOf(clock: ZoneClock, localMs: number, path: string, zone: string): number {
  const utcMs = clock.utcMsOf(localMs);
  if (utcMs !== null) return utcMs;
  const text = new Date(localMs).toISOString().slice(0, 19).replace('T', ' ');
  throw new AssayError('data_invalid', `${JSON.stringify(text)} does not exist in the local time of ${zone}`, {
    place: `${path}, column datetime`,
    hint: 'the clock was put forward over this time: declare the correct --zone',
  });
}

/** The first and the last time of a stream; null if it is empty. */
export function rangeOf(stream: BarStream): { readonly firstMs: number; readonly lastMs: number } | null {
  let firstMs: number | undefined;
  let lastMs = 0;
  for (const { time } of stream.blocks()) {
    firstMs ??= time[0];
    lastMs = time.at(-1) ?? lastMs;
  }
  return firstMs === undefined ? null : { firstMs, lastMs };
}

/** The bars of a block from a row on. */
export function blockFrom(block: BarBlock, row: number): BarBlock {
  return mapColumns(block, (column) => column.subarray(row));
}
