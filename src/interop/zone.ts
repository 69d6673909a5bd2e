import { inspect } from 'node:util';
import { DateTime, IANAZone } from 'luxon';
import { AssayError } from '../core/errors.ts';

/** Turns times without a zone, as a program in some zone wrote them, into UTC with six digits: `2026-12-01 11:11:00.154361`. */
export type ToUtc = (time: unknown) => string;

const form = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?$/;

function checkZone(zone: string): void {
  if (!IANAZone.isValidZone(zone))
    throw new AssayError('usage', `there is no time zone ${JSON.stringify(zone)}`, {
      place: '--zone',
      hint: 'such as UTC or Europe/Berlin',
    });
}

/** @param zone such as `Europe/Berlin` @throws AssayError `usage` for a zone that there is not */
export function toUtcFrom(zone: string): ToUtc {
  checkZone(zone);
  return (time) => {
    if (time === null || time === undefined || time === '') return '';
    const [, day, clock, fraction = ''] = (typeof time === 'string' ? form.exec(time) : null) ?? [];
    if (day === undefined || clock === undefined)
      throw new AssayError('data_invalid', `${inspect(time)} is no time`, { hint: 'times look like 2026-12-01 11:11:00.154361' });
    const micros = fraction.padEnd(6, '0');
    if (zone === 'UTC') return `${day} ${clock}.${micros}`;
    // No zone moves a clock by a part of a second today; those that once did moved it by whole milliseconds.
    return `${DateTime.fromISO(`${day}T${clock}`, { zone }).toUTC().toFormat('yyyy-MM-dd HH:mm:ss')}.${micros}`;
  };
}

/** The way back: turns UTC with six digits into times of a zone; `''` is none. @throws AssayError `usage` for a zone that there is not */
export function fromUtcTo(zone: string): (time: string) => string {
  checkZone(zone);
  return (time) => {
    if (zone === 'UTC' || time === '') return time;
    const [seconds = '', fraction = ''] = time.split('.');
    return `${DateTime.fromSQL(seconds, { zone: 'UTC' }).setZone(zone).toFormat('yyyy-MM-dd HH:mm:ss')}.${fraction}`;
  };
}
