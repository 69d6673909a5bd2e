import { AssayError } from '../../core/errors.ts';

/** Money is counted in whole micro-dollars: sums are exact up to 9.0e9 dollars. */
export const microsPerDollar = 1_000_000;

/**
 * Dollars as micro-dollars.
 * @throws AssayError `config_invalid` for an amount that is no whole number of them, or too large to be exact.
 */
export function microsOf(dollars: number, what: string): number {
  const micros = Math.round(dollars * microsPerDollar);
  if (Number.isSafeInteger(micros) && Math.abs(micros - dollars * microsPerDollar) < 1e-3) return micros + 0;
  throw new AssayError('config_invalid', `${what} is ${dollars}, which is no whole number of millionths of a dollar`, {
    hint: 'state it with at most six decimal places',
  });
}

/** Ticks that a price is away from a whole number of them and still counts as it: the rounding of a decimal price divided by its tick. */
const tickTolerance = 1e-6;

/** A price in ticks: a whole number where the price is on the grid. */
export function ticksOf(price: number, tick: number): number {
  const ticks = price / tick;
  const whole = Math.round(ticks);
  return Math.abs(ticks - whole) <= tickTolerance ? whole : ticks;
}
