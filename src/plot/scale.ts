import { type Domain, linearTicks, logTicks, numberLabels } from './ticks.ts';
import { timeLabels, timeTicks } from './time-ticks.ts';

/** A map from data to pixels along one axis. */
export interface Scale {
  /** Not a number for what the axis has no place for: NaN, and zero or less on a logarithmic axis. Beyond the domain it goes on straight, at most a million widths. */
  (x: number): number;
  readonly domain: Domain;
  readonly range: readonly [from: number, to: number];
  readonly invert: (px: number) => number;
  /** Round numbers within the domain, rising: about `most`, never more than `most` + 2. */
  readonly ticks: (most?: number) => readonly number[];
  /** Words for ticks, as few letters as keep them apart. */
  readonly labels: (ticks: readonly number[]) => readonly string[];
}

type Range = readonly [from: number, to: number];

/** @param domain finite, the lower end first. One that has no width is drawn in the middle of the range. @throws RangeError */
export function linear(domain: Domain, range: Range): Scale {
  checkDomain(domain);
  return make(domain, range, domain, { forth: (x) => x, back: (x) => x }, { ticks: linearTicks, labels: numberLabels });
}

/** @param domain finite and above zero. @throws RangeError */
export function log(domain: Domain, range: Range): Scale {
  checkDomain(domain);
  if (domain[0] <= 0) throw new RangeError(`a logarithmic axis begins above 0, not at ${domain[0]}`);
  const ends = [Math.log(domain[0]), Math.log(domain[1])] as const;
  return make(
    domain,
    range,
    ends,
    { forth: (x) => (x > 0 ? Math.log(x) : Number.NaN), back: Math.exp },
    { ticks: logTicks, labels: numberLabels },
  );
}

/** @param domain milliseconds since 1970. @throws RangeError */
export function time(domain: Domain, range: Range): Scale {
  checkDomain(domain);
  return make(domain, range, domain, { forth: (x) => x, back: (x) => x }, { ticks: timeTicks, labels: timeLabels });
}

/** The domain with `share` of its width more on either side, so that points do not lie on the frame; one without width gets some. */
export function widened([low, high]: Domain, share = 0.04): Domain {
  const margin = low === high ? Math.abs(low) * share || 0.5 : (high / 2 - low / 2) * 2 * share;
  const limit = (x: number): number => Math.min(Math.max(x, -Number.MAX_VALUE), Number.MAX_VALUE);
  return [limit(low - margin), limit(high + margin)];
}

/** The same for a logarithmic axis. @param domain above zero */
export function widenedLog([low, high]: Domain, share = 0.04): Domain {
  const factor = low === high ? 1 + share : Math.exp(share * (Math.log(high) - Math.log(low)));
  return [Math.max(low / factor, Number.MIN_VALUE), Math.min(high * factor, Number.MAX_VALUE)];
}

function checkDomain([low, high]: Domain): void {
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high)
    throw new RangeError(`an axis goes from a finite number to a larger one, not from ${low} to ${high}`);
}

/** In widths of the axis: what lies beyond is drawn there, outside of any picture, as the quotient by a tiny width has no number. */
const farthest = 1e6;

/** What is round on an axis of a kind. */
interface Axis {
  readonly ticks: (domain: Domain, most?: number) => readonly number[];
  readonly labels: Scale['labels'];
}

interface Transform {
  readonly forth: (x: number) => number;
  readonly back: (x: number) => number;
}

function make(domain: Domain, range: Range, [from, to]: Domain, { forth, back }: Transform, axis: Axis): Scale {
  // Halves, where the width of the whole is more than the largest number.
  const half = Number.isFinite(to - from) ? 1 : 0.5;
  const width = to * half - from * half;
  const [start, end] = range;
  const place = (x: number): number => {
    const at = forth(x);
    if (Number.isNaN(at)) return Number.NaN;
    if (width === 0) return (start + end) / 2;
    if (!Number.isFinite(at)) return at * (end - start);
    const share = (at * half - from * half) / width;
    return start + Math.min(Math.max(share, -farthest), farthest) * (end - start);
  };
  const invert = (px: number): number => {
    if (width === 0 || start === end) return domain[0];
    const share = (px - start) / (end - start);
    return back(from * (1 - share) + to * share);
  };
  return Object.assign(place, { domain, range, invert, ticks: (most?: number) => axis.ticks(domain, most), labels: axis.labels });
}
