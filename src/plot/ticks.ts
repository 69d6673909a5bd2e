/** Positions and words of the ticks of an axis. A tick is a round number of the axis's own kind that lies within its domain. */

import { value } from './format.ts';

/** Smallest and largest; the first is below the second, or equal to it. */
export type Domain = readonly [low: number, high: number];

/** The finite numbers' smallest and largest; null where there is none. */
export function extentOf(values: Iterable<number | null | undefined>): Domain | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const x of values) {
    if (x === null || x === undefined || !Number.isFinite(x)) continue;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return low <= high ? [low, high] : null;
}

/** `digit`·10^`exponent`, written out so that it is the nearest number: 3·10⁻¹ is 0.3. */
const decimal = (digits: number, exponent: number): number => Number(`${digits}e${exponent}`);

/** The step of at most `most` ticks over `span`: 1, 2 or 5 times a power of ten, which the largest number of the axis can still show. */
function stepOver([low, high]: Domain, most: number): { readonly digit: number; readonly exponent: number } {
  // In two divisions where the span is more than the largest number, else in one; a quotient of the smallest numbers may have been rounded down.
  const rough = (Number.isFinite(high - low) ? (high - low) / most : high / most - low / most) + Number.MIN_VALUE;
  const smallest = Math.max(Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)))) - 14, -323);
  const exponent = Math.max(Math.floor(Math.log10(rough)), smallest);
  const digit = [1, 2, 5].find((each) => decimal(each, exponent) >= rough);
  return digit === undefined ? { digit: 1, exponent: exponent + 1 } : { digit, exponent };
}

/** At most `most` + 1 multiples of 1, 2 or 5 times a power of ten, rising; the lower end alone where the domain has no width or nothing round in it. */
export function linearTicks(domain: Domain, most = 6): readonly number[] {
  const [low, high] = domain;
  if (low === high) return [low === 0 ? 0 : low];
  const { digit, exponent } = stepOver(domain, most);
  const step = decimal(digit, exponent);
  const ticks: number[] = [];
  for (let i = Math.floor(low / step); i <= Math.ceil(high / step); i++) {
    const tick = i === 0 ? 0 : decimal(i * digit, exponent);
    if (tick >= low && tick <= high) ticks.push(tick);
  }
  return ticks.length === 0 ? [low] : ticks;
}

/** What stands in front of the powers of ten, and with how many ticks that is taken: the first that fits. */
const logDigits: readonly (readonly [digits: readonly number[], least: number])[] = [
  [[1], 4],
  [[1, 2, 5], 3],
  [[1, 3], 3],
  [[1], 3],
];

/** Powers of ten, with their double and fivefold where few fit; ticks of a linear axis within less than a decade. @param domain above 0 */
export function logTicks(domain: Domain, most = 6): readonly number[] {
  const [low, high] = domain;
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const within = (digits: readonly number[], every: number): readonly number[] => {
    const ticks: number[] = [];
    for (let exponent = Math.floor(first / every) * every; exponent <= last; exponent += every)
      for (const digit of digits) {
        const tick = decimal(digit, exponent);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    return ticks;
  };
  for (const [digits, least] of logDigits) {
    const ticks = within(digits, 1);
    if (ticks.length <= most + 1 && ticks.length >= least) return ticks;
  }
  const decades = Math.log10(high) - Math.log10(low);
  if (decades < 2) return linearTicks(domain, most);
  const { digit, exponent } = stepOver([0, decades], most);
  return within([1], Math.max(1, digit * 10 ** exponent));
}

/** Words for the ticks of a number axis, with as many digits as keep neighbours apart. */
export function numberLabels(ticks: readonly number[]): readonly string[] {
  for (let digits = 4; digits < 17; digits++) {
    const labels = ticks.map((tick) => shortMantissa(value(tick, digits)));
    if (new Set(labels).size === new Set(ticks).size && ticks.every((tick) => isShown(tick, digits, ticks))) return labels;
  }
  return ticks.map((tick) => value(tick, 17));
}

/** `1.000e−4` as `1e−4`: ticks are round. */
function shortMantissa(text: string): string {
  return text.replace(/\.(\d*?)0+(?=e)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
}

/** True where the rounding is small against the step. */
function isShown(tick: number, digits: number, ticks: readonly number[]): boolean {
  const step = ticks.length < 2 ? Number.POSITIVE_INFINITY : Math.abs(ticks[1]! - ticks[0]!);
  return Math.abs(Number(tick.toPrecision(digits)) - tick) <= step / 100;
}
