import { createHash, timingSafeEqual } from 'node:crypto';
import { isoTime } from '../../iso-time.ts';
import { microsPerDollar } from '../micros.ts';

/** Numbers, times and ids as Alpaca's interface writes them. */

/** An id of the form that its clients ask for, the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** RFC 3339 with nanoseconds, in UTC. */
export function timeText(time: bigint): string {
  const nanos = String(time % 1_000_000_000n).padStart(9, '0');
  return `${isoTime(Number(time / 1_000_000_000n) * 1000).slice(0, 19)}.${nanos}Z`;
}

/** A number without an exponent and without zeros at its end, at most nine decimal places. */
export function decimalText(value: number): string {
  const fixed = value.toFixed(9).replace(/\.?0+$/, '');
  return fixed === '-0' ? '0' : fixed;
}

export function dollarsText(micros: number): string {
  return decimalText(micros / microsPerDollar);
}

/** True where what a client sends is the secret, in a time that says nothing of it; without a secret anything but nothing is. */
export function opens(given: string | undefined, secret: string | null): boolean {
  if (given === undefined || given === '') return false;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return secret === null || timingSafeEqual(digest(given), digest(secret));
}
