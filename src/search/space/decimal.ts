/**
 * Decimal arithmetic on numbers as they are printed: 0.1 + 2 * 0.1 is 0.3 here. Used for steps, where binary rounding would otherwise
 * decide whether the last grid point belongs to a range.
 */

interface Decimal {
  /** value = digits * 10^-places */
  readonly digits: bigint;
  readonly places: number;
}

function decimalOf(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = value.toString().toLowerCase().split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const places = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return places >= 0 ? { digits, places } : { digits: digits * 10n ** BigInt(-places), places: 0 };
}

function scaled(value: Decimal, places: number): bigint {
  return value.digits * 10n ** BigInt(places - value.places);
}

/** The largest k with low + k * step <= high. Needs finite numbers, low <= high and step > 0. */
export function stepsBetween(low: number, high: number, step: number): number {
  const [from, to, by] = [decimalOf(low), decimalOf(high), decimalOf(step)];
  const places = Math.max(from.places, to.places, by.places);
  return Number((scaled(to, places) - scaled(from, places)) / scaled(by, places));
}

/** Returns low + k * step, rounded to the decimal places of low and step. */
export function gridValue(low: number, step: number, k: number): number {
  const places = Math.max(decimalPlaces(low), decimalPlaces(step));
  // toFixed handles no more than 100 places and no numbers above 1e21.
  const sum = low + k * step;
  return places > 100 || Math.abs(sum) >= 1e15 ? sum : Number(sum.toFixed(places));
}

/** Number of digits after the decimal point of a printed number. */
function decimalPlaces(value: number): number {
  if (Number.isInteger(value)) return 0;
  return decimalOf(value).places;
}
