import { logNormalCdf, logNormalMass, truncatedNormalQuantile } from '../../src/core/normal.ts';

/** Vectors of the truncated normal distribution; the columns of `rows` are named by `columns`. */
export interface TruncatedNormalGolden {
  readonly rows: readonly TruncatedNormalRow[];
  readonly log_ndtr: readonly LogCdfRow[];
}

/** a, b, q, log mass, quantile */
export type TruncatedNormalRow = readonly [number, number, number, number, number];
/** z, log Phi(z) */
export type LogCdfRow = readonly [number, number];

/** Returns the disagreements as text, empty if there are none. */
export function checkTruncatedNormal([a, b, q, logMass, quantile]: TruncatedNormalRow): readonly string[] {
  const faults: string[] = [];
  const mass = logNormalMass(a, b);
  // The reference subtracts two nearly equal numbers where the interval is narrow, which costs it up to 5e-8.
  const cancellation = (4 * Number.EPSILON) / (b - a);
  if (Math.abs(mass - logMass) > cancellation && logError(mass, logMass) >= 1e-9)
    faults.push(`log mass of [${a}, ${b}]: ${mass}, not ${logMass}`);
  const actual = truncatedNormalQuantile(q, a, b);
  if (relativeError(actual, quantile) >= 1e-9) faults.push(`${q}-quantile on [${a}, ${b}]: ${actual}, not ${quantile}`);
  return faults;
}

/** Returns the disagreements as text, empty if there are none. */
export function checkLogCdf([z, wanted]: LogCdfRow): readonly string[] {
  const actual = logNormalCdf(z);
  return logError(actual, wanted) < 1e-13 ? [] : [`log Phi(${z}): ${actual}, not ${wanted}`];
}

/** The reference takes the log of a rounded probability, so near log 1 = 0 it is accurate to 1e-15 absolute only. */
function logError(actual: number, expected: number): number {
  return Math.abs(actual - expected) < 1e-15 ? 0 : relativeError(actual, expected);
}

function relativeError(actual: number, expected: number): number {
  return actual === expected ? 0 : Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
}
