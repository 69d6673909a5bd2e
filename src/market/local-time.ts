import { DateTime, IANAZone } from 'luxon';
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

/** Offsets are looked up once per quarter hour: every change of offset of a zone in use falls on one. */
const quarterMs = 900_000;

/** Most offsets that are kept: some 11 months. Times come in order, so older ones are not asked for again. */
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

  return {
    utcMsOf: (localMs) => {
      const quarter = Math.floor(localMs / quarterMs);
      let shift = toUtc.get(quarter);
      if (shift === undefined) {
        const reading = DateTime.fromMillis(quarter * quarterMs, {
          zone: 'utc',
        });
        const instant = reading.setZone(ianaZone, { keepLocalTime: true });
        const exists = instant.hour === reading.hour && instant.minute === reading.minute;
        shift = exists ? instant.toMillis() - quarter * quarterMs : null;
        keep(toUtc, quarter, shift);
      }
      return shift === null ? null : localMs + shift;
    },
    localMsOf: (utcMs) => {
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
