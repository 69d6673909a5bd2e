import { IANAZone } from 'luxon';
import { AssayError } from '../core/errors.ts';

/**
 * Conversion between UTC and the local time of one zone. Local milliseconds count from 1970-01-01 00:00 on the local clock, so that
 * minutes and dates follow by division.
 */
export interface ZoneClock {
  /** Epoch milliseconds of a local time: the earlier of two if the clock was put back (null if the clock was put forward over it). */
  readonly utcMsOf: (localMs: number) => number | null;
  readonly localMsOf: (utcMs: number) => number;
}

/** Around a change of offset, offsets are looked up once per quarter hour: every change of a zone in use falls on one. */
const quarterMs = 900_000;
/** The instants of a local day lie within these distances of the same day in UTC, in all zones. */
const [mostAheadMs, mostBehindMs] = [15 * 3_600_000, 13 * 3_600_000];

/** Most offsets that are kept: some 11 months of quarter hours. Times come in order, so older ones are not asked for again. */
const mostKept = 2 ** 15;

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** @throws AssayError `config_invalid` for a zone that is not in the IANA database. */
export function zoneClock(zone: string): ZoneClock {
  if (!IANAZone.isValidZone(zone))
    throw new AssayError('config_invalid', `unknown time zone ${JSON.stringify(zone)}`, {
      hint: 'use an IANA name such as America/New_York or UTC',
    });
  const ianaZone = IANAZone.create(zone);
  const toUtc = new Map<number, number | null>();
  const toLocal = new Map<number, number>();
  const steady = new Map<number, number | null>();

  /** The offset around a whole day, in milliseconds; null if it changes within. Zones do not change twice in two days. */
  const steadyOffset = (ms: number): number | null => {
    const day = Math.floor(ms / dayMs);
    let offset = steady.get(day);
    if (offset === undefined) {
      const [before, after] = [ianaZone.offset(day * dayMs - mostAheadMs), ianaZone.offset((day + 1) * dayMs + mostBehindMs)];
      offset = before === after ? before * minuteMs : null;
      keep(steady, day, offset);
    }
    return offset;
  };

  return {
    utcMsOf: (localMs) => {
      const offset = steadyOffset(localMs);
      if (offset !== null) return localMs - offset;
      const quarter = Math.floor(localMs / quarterMs);
      let shift = toUtc.get(quarter);
      if (shift === undefined) {
        const ms = quarter * quarterMs;
        const offsets = [ianaZone.offset(ms - mostAheadMs), ianaZone.offset(ms + mostBehindMs)];
        const instants = offsets
          .map((minutes) => ms - minutes * minuteMs)
          .filter((utcMs) => utcMs + ianaZone.offset(utcMs) * minuteMs === ms);
        shift = instants.length === 0 ? null : Math.min(...instants) - ms;
        keep(toUtc, quarter, shift);
      }
      return shift === null ? null : localMs + shift;
    },
    localMsOf: (utcMs) => {
      const offset = steadyOffset(utcMs);
      if (offset !== null) return utcMs + offset;
      const quarter = Math.floor(utcMs / quarterMs);
      let shift = toLocal.get(quarter);
      if (shift === undefined) {
        shift = ianaZone.offset(quarter * quarterMs) * minuteMs;
        keep(toLocal, quarter, shift);
      }
      return utcMs + shift;
    },
  };
}

function keep<Shift>(offsets: Map<number, Shift>, quarter: number, shift: Shift): void {
  if (offsets.size >= mostKept) offsets.clear();
  offsets.set(quarter, shift);
}
