import { minuteMs, type ZoneClock } from '../local-time.ts';

const isoStamp = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;
const epochStamp = /^\d{10}(?:\d{3})?$/;

/** The instant of a stamp, or why it has none. */
export type StampReading = { readonly utcMs: number } | { readonly problem: 'unreadable' | 'skipped by the clock' };

/**
 * Parses "2018-02-16 09:30[:00[.000]]" as local time of the given clock, or with its own Z or offset, or seconds or milliseconds since
 * the epoch.
 */
export function readStamp(text: string, clock: ZoneClock): StampReading {
  if (epochStamp.test(text)) return { utcMs: text.length === 10 ? Number(text) * 1000 : Number(text) };
  const parts = isoStamp.exec(text);
  if (parts === null) return { problem: 'unreadable' };
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = Date.UTC(year, month - 1, day);
  const isDate = new Date(midnight).getUTCDate() === day && month >= 1 && month <= 12;
  if (!isDate || hour > 23 || minute > 59 || second > 59) return { problem: 'unreadable' };
  const fractionMs = parts[7] === undefined ? 0 : Math.floor(Number(`0.${parts[7]}`) * 1000);
  const readingMs = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + fractionMs;
  const offset = parts[8];
  if (offset !== undefined) return { utcMs: readingMs - offsetMsOf(offset) };
  const utcMs = clock.utcMsOf(readingMs);
  return utcMs === null ? { problem: 'skipped by the clock' } : { utcMs };
}

function offsetMsOf(offset: string): number {
  if (offset === 'Z') return 0;
  const sign = offset.startsWith('-') ? -1 : 1;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return sign * minutes * minuteMs;
}
