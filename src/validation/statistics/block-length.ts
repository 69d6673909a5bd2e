import { mean } from '../moments.ts';
import { varies } from '../variation.ts';
import { checkReturns } from './returns.ts';

/** Mean length of the blocks of days that a bootstrap of returns should draw together. */
export interface BlockLength {
  /** Of the stationary bootstrap: a mean of random lengths. Not rounded; below 1 where days do not depend on each other. */
  readonly stationary: number;
  /** Of the circular block bootstrap: a fixed length. */
  readonly circular: number;
  readonly because: string | null;
}

/** Fewest periods whose autocorrelations can be judged. */
const fewest = 11;

/**
 * Block length that minimises the mean squared error of a bootstrap's variance (Politis and White 2004, corrected by Patton, Politis and
 * White 2009). Autocorrelations count up to twice the lag after which `kn` in a row are insignificant, weighted by a flat-top window.
 * NaN with the reason for fewer than 11 periods or returns that do not vary.
 * @throws AssayError `data_invalid` for a return that is NaN or infinite.
 * @example 120 returns with an autocorrelation of .5: 4.5 days, 5.2 for fixed blocks.
 */
export function blockLength(returns: ArrayLike<number>): BlockLength {
  checkReturns(returns, 'returns');
  const n = returns.length;
  const none = (because: string): BlockLength => ({ stationary: Number.NaN, circular: Number.NaN, because });
  if (n < fewest) return none(`${n} returns are too few for a block length: ${fewest} are needed`);
  if (!varies(returns)) return none(`${n} returns that do not vary have no block length`);

  const { covariances, correlations } = dependence(returns);
  const most = covariances.length - 1;
  const bandwidth = Math.min(2 * firstInsignificant(correlations, n), most);
  let slope = 0;
  let longRun = covariances[0]!;
  for (let lag = 1; lag <= bandwidth; lag++) {
    const weight = Math.min(1, 2 * (1 - lag / bandwidth));
    slope += 2 * weight * lag * covariances[lag]!;
    longRun += 2 * weight * covariances[lag]!;
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3));
  const lengthFor = (variance: number): number => Math.min(Math.cbrt(((2 * slope * slope) / variance) * n), longest);
  return { stationary: lengthFor(2 * longRun * longRun), circular: lengthFor((4 / 3) * longRun * longRun), because: null };
}

/** Length of a run of insignificant autocorrelations that ends the search for dependence. */
const runLength = (n: number): number => Math.max(5, Math.floor(Math.log10(n)));

/** Autocovariances (divisor n) and absolute autocorrelations of the lags from 0 up to the largest that is judged. */
function dependence(returns: ArrayLike<number>): { readonly covariances: Float64Array; readonly correlations: Float64Array } {
  const n = returns.length;
  const center = mean(returns);
  const centred = Float64Array.from(returns, (value) => value - center);
  const most = Math.ceil(Math.sqrt(n)) + runLength(n);
  const covariances = new Float64Array(most + 1);
  const correlations = new Float64Array(most + 1);
  for (let lag = 0; lag <= most; lag++) {
    let product = 0;
    for (let t = lag; t < n; t++) product += centred[t]! * centred[t - lag]!;
    // The scale leaves out one period more than the lag asks, as the reference program does.
    let late = 0;
    let early = 0;
    for (let t = lag + 1; t < n; t++) {
      late += centred[t]! ** 2;
      early += centred[t - lag - 1]! ** 2;
    }
    covariances[lag] = product / n;
    correlations[lag] = Math.abs(product) / Math.sqrt(late * early);
  }
  return { covariances, correlations };
}

/** First lag, at least 1, from which a whole run of autocorrelations is insignificant; the largest lag if there is none. */
function firstInsignificant(correlations: Float64Array, n: number): number {
  const bound = 2 * Math.sqrt(Math.log10(n) / n);
  const run = runLength(n);
  let insignificant = 0;
  for (let lag = 0; lag < correlations.length - 1; lag++) {
    insignificant = correlations[lag]! < bound ? insignificant + 1 : 0;
    if (insignificant === run) return Math.max(lag - run + 1, 1);
  }
  return correlations.length - 1;
}
