import { AssayError } from '../../core/errors.ts';
import { minuteMs } from '../local-time.ts';

export const minuteSeconds = minuteMs / 1000;

/** Seconds and nanoseconds of 2^48 ns. */
const highSeconds = 281_474;
const highNanos = 976_710_656;

/**
 * Whole seconds of a time of 64-bit nanoseconds, from its two words; {@link nanosOf} is the rest. Exact: all parts stay below 2^53, while the
 * time itself does not fit a float64.
 */
export function secondsOf(low: number, high: number): number {
  return (high >>> 16) * highSeconds + Math.floor(lowerNanos(low, high) / 1e9);
}

export function nanosOf(low: number, high: number): number {
  return lowerNanos(low, high) % 1e9;
}

function lowerNanos(low: number, high: number): number {
  return (high >>> 16) * highNanos + (high & 0xffff) * 4_294_967_296 + low;
}

/** @param from, to in epoch seconds. */
export function timesGoBack(from: number, to: number, place: string): AssayError {
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  return new AssayError('data_invalid', `times go back from ${iso(from)} to ${iso(to)}`, {
    place,
    hint: 'name the files of one symbol in their order of time; the records of one file are sorted by ts_recv',
  });
}
