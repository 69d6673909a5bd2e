import { DateTime, IANAZone } from 'luxon';
import { AssayError } from '../core/errors.ts';

/**
 * Wall-clock readings of one time zone. A reading ("local milliseconds") is the number of milliseconds from
 * 1970-01-01 00:00 to it on that wall clock, so that minutes and dates fall out by division.
 */
export interface ZoneClock {
  /** Epoch milliseconds of a reading; the earlier one where the clock was put back; null where it was put forward over it. */
  readonly utcMsOf: (localMs: number) => number | null;
  readonly localMsOf: (utcMs: number) => number;
}

/** Every offset change of every zone in use falls on a quarter hour, so one look-up per quarter hour is enough. */
const quarterMs = 900_000;

export const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** @throws config_invalid for a zone that is not in the IANA database. */
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
        toUtc.set(quarter, shift);
      }
      return shift === null ? null : localMs + shift;
    },
    localMsOf: (utcMs) => {
      const quarter = Math.floor(utcMs / quarterMs);
      let shift = toLocal.get(quarter);
      if (shift === undefined) {
        shift = ianaZone.offset(quarter * quarterMs) * minuteMs;
        toLocal.set(quarter, shift);
      }
      return utcMs + shift;
    },
  };
}
