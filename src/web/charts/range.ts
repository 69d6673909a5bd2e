import type { Numbers } from './marks.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
  /** Values that are not in the range, infinities among them; on a log axis below counts those that are not above 0. */
  readonly below: number;
  readonly above: number;
}

interface RangeOptions {
  readonly log?: boolean;
  readonly clip?: boolean;
  readonly include?: Numbers | undefined;
  /** With `clip`: the values by which far is measured. Default: all of them. */
  readonly bulk?: Numbers | undefined;
  /** These ends instead of those of the values. */
  readonly range?: readonly [number, number] | undefined;
}

/** Larger magnitudes overflow in the differences that a scale takes: they are off every range. */
const largest = Number.MAX_VALUE / 8;
/** The inverse of a smaller width overflows, and a part of it may be 0: values that close are one value. */
const leastWidth = 1 / largest;
/** Fewer values have no bulk that others could be far from. */
const leastForFences = 8;
/** If more of the values lie beyond the fences, they are no exceptions. */
const mostClipped = 0.1;
const margin = 0.04;

/**
 * The range of an axis from the values that are shown. With `clip`, values beyond Tukey's outer fences (three times the distance of the
 * quartiles; Exploratory Data Analysis, 1977, section 2D) are left out and counted, unless they are more than a tenth.
 * NaN is no value. Without a value to show the range is 0 to 1, on a log axis 1 to 10.
 */
export function rangeOf(columns: readonly Numbers[], { log = false, clip = false, include = [], bulk, range }: RangeOptions = {}): Range {
  const legal = (x: number): boolean => Number.isFinite(x) && Math.abs(x) <= largest && (!log || x > 0);
  const values = columns.flatMap((column) => column.filter(legal));
  const [low, high] = range ?? endsOf(values, { log, clip, include: include.filter(legal), bulk: bulk?.filter(legal) ?? values });
  let below = 0;
  let above = 0;
  for (const column of columns)
    for (const x of column) {
      if (x < low || (log && x <= 0)) below++;
      else if (x > high) above++;
    }
  return { low, high, below, above };
}

function endsOf(
  values: Numbers,
  { log, clip, include, bulk }: { log: boolean; clip: boolean; include: Numbers; bulk: Numbers },
): readonly [number, number] {
  const placed = (given: Numbers): Numbers => (log ? given.map(Math.log) : given);
  const places = placed(values);
  const [least, most] = extent(clip ? withoutFar(places, placed(bulk)) : places);
  const wanted = placed(include);
  const ends = padded(Math.min(least, ...wanted), Math.max(most, ...wanted), log);
  // A logarithm and back may overflow or reach 0 at the ends of the numbers.
  return log ? [Math.max(Math.exp(ends[0]), Number.MIN_VALUE), Math.min(Math.exp(ends[1]), largest)] : ends;
}

/** Values within the outer fences of the bulk, or all of them. */
function withoutFar(values: readonly number[], bulk: readonly number[]): readonly number[] {
  if (bulk.length < leastForFences) return values;
  const sorted = Float64Array.from(bulk).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  const reach = 3 * (at(0.75) - at(0.25));
  if (reach === 0) return values;
  const inside = values.filter((x) => x >= at(0.25) - reach && x <= at(0.75) + reach);
  return values.length - inside.length > mostClipped * values.length ? values : inside;
}

function extent(values: readonly number[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const x of values) {
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return [low, high];
}

/** With a margin, and with a width where all values are equal; `log`: both ends are logarithms. */
function padded(low: number, high: number, log: boolean): [number, number] {
  if (low > high) return log ? [0, Math.LN10] : [0, 1];
  const width = high - low;
  const half = Math.max(Math.abs(low), Math.abs(high));
  if (width <= Math.max(half * 1e-12, leastWidth)) {
    const around = log ? Math.log(2) : half <= leastWidth ? 1 : half * 0.1;
    return [low - around, high + around];
  }
  return [low - width * margin, high + width * margin];
}
