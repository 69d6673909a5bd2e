import type { NonFinite, NonFiniteFlag } from '../../storage/readers/finite.ts';

/** The values of some trials. A loop: typed arrays made with a callback took several times as long, at 100,000 trials. */
export function valuesAt(values: Float64Array, numbers: Int32Array): Float64Array {
  const found = new Float64Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) found[i] = values[numbers[i]!]!;
  return found;
}

/**
 * Numbers as a chart draws them, with enough significant digits that neither a value nor its place in the range is off by more than a millionth
 * (10^-`digits`). NaN, which stands for a missing number, becomes null; infinities stay for {@link answerOf} to flag. Whole numbers stay whole.
 */
export function drawn(values: ArrayLike<number>, digits = 6): (number | null)[] {
  const significant = significantOf(values, digits);
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return null;
    return Number.isFinite(value) && !Number.isInteger(value) ? Number(value.toPrecision(significant)) : value;
  });
}

/**
 * Numbers as {@link drawn}, rounded so that comparing them with any number of at most `digits` significant digits gives what the numbers
 * themselves give: what a page counts between two such ends is what a filter finds there.
 */
export function ordered(values: ArrayLike<number>, digits: number): (number | null)[] {
  const significant = significantOf(values, digits);
  return Array.from(values, (value) => {
    if (Number.isNaN(value)) return null;
    return Number.isFinite(value) && !Number.isInteger(value) ? onItsSide(value, significant) : value;
  });
}

/** With a digit more or two, never rounded to a number of `digits` digits, or past one. */
function onItsSide(value: number, digits: number): number {
  const end = Number(value.toPrecision(digits));
  if (end === value) return end;
  const near = Number(value.toPrecision(digits + 1));
  if (near !== end) return near;
  const [mantissa, exponent] = value.toExponential(digits).split('e') as [string, string];
  const beside = 10n * BigInt(mantissa.replace('.', '')) + (value > end ? 5n : -5n);
  return Number(`${beside}e${Number(exponent) - digits - 1}`);
}

function significantOf(values: ArrayLike<number>, digits: number): number {
  let [low, high, size] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    size = Math.max(size, Math.abs(value));
  }
  const extra = high > low ? Math.ceil(Math.log10(size / (high - low))) : 0;
  return Math.min(17, digits + Math.max(0, extra));
}

/** Numbers as they are; NaN, which stands for a missing number, becomes null. */
export function exact(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isNaN(value) ? null : value));
}

/** The body as JSON can hold it: numbers that are not finite become null, and `nonFinite` says what they were, by their place. Changes the body. */
export function answerOf<Body extends object>(body: Body): Body & NonFiniteFlag {
  const flags: Record<string, NonFinite> = {};
  flag(body as Record<string, unknown>, '', flags);
  return Object.keys(flags).length === 0 ? body : { ...body, nonFinite: flags };
}

function flag(part: Record<string | number, unknown>, prefix: string, flags: Record<string, NonFinite>): void {
  const set = (key: string | number, value: unknown): void => {
    if (typeof value === 'number') {
      if (Number.isFinite(value)) return;
      flags[`${prefix}${key}`] = String(value) as NonFinite;
      part[key] = null;
    } else if (typeof value === 'object' && value !== null) flag(value as Record<string, unknown>, `${prefix}${key}.`, flags);
  };
  if (Array.isArray(part)) for (let i = 0; i < part.length; i++) set(i, part[i]);
  else for (const [key, value] of Object.entries(part)) set(key, value);
}

/**
 * Quantile of sorted numbers by linear interpolation (Hyndman and Fan 1996, type 7). Between two infinities of different sign it is the lower
 * one.
 */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const [a, b] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  const part = place - below;
  if (part === 0 || a === b || a === Number.NEGATIVE_INFINITY) return a;
  return a * (1 - part) + b * part;
}

/** Some quantiles as {@link quantileOf}, of numbers in any order, which it changes. Finding them takes less than sorting. @param shares ascending */
export function quantilesOf(values: Float64Array, shares: readonly number[]): readonly number[] {
  let from = 0;
  return shares.map((share) => {
    const below = Math.floor(share * (values.length - 1));
    const found = nthSmallest(values, below, from);
    from = below;
    if (below + 1 === values.length) return found;
    let above = Number.POSITIVE_INFINITY;
    for (let i = below + 1; i < values.length; i++) if (values[i]! < above) above = values[i]!;
    const part = share * (values.length - 1) - below;
    return quantileOf([found, above], part);
  });
}

/**
 * The value at place n of the sorted values (Hoare 1961, "Algorithm 65: find"), none of which is NaN. Puts them in another order, in which those
 * before it are not larger and those behind it not smaller. @param first place before which that is so already
 */
export function nthSmallest(values: Float64Array, n: number, first = 0): number {
  let [from, to] = [first, values.length - 1];
  while (from < to) {
    const pivot = values[n]!;
    let [left, right] = [from, to];
    while (left <= right) {
      while (values[left]! < pivot) left += 1;
      while (values[right]! > pivot) right -= 1;
      if (left > right) break;
      const one = values[left]!;
      values[left] = values[right]!;
      values[right] = one;
      left += 1;
      right -= 1;
    }
    if (right < n) from = left;
    if (left > n) to = right;
  }
  return values[n]!;
}
