import { sayFigure, type Unit } from './gate-words.ts';
import { isUnknown, type Verdict } from './verdict.ts';

/** A verdict on one axis from 0 to 1; better is always to the right. */
export interface Bullet {
  /** Where the bound lies. */
  readonly bound: number;
  /** The part of the axis that passes. */
  readonly zone: readonly [from: number, to: number];
  /** Where the observed figure lies, at an end where it lies beyond; null: unknown. */
  readonly at: number | null;
  readonly beyond: 'low' | 'high' | null;
  /** The distance to the bound, in words. */
  readonly margin: string;
}

/** Places a verdict: probabilities by their distance to certainty, everything else evenly around the bound. */
export function bulletOf(verdict: Verdict, unit: Unit): Bullet {
  const { threshold, op } = verdict;
  const observed = observedOf(verdict);
  const fewerIsBetter = op === '<=' || op === '<';
  const place =
    op === '=='
      ? exactly(threshold, observed)
      : unit === 'probability'
        ? certainty(threshold, fewerIsBetter)
        : around(threshold, observed, fewerIsBetter);
  const bound = place(threshold);
  const raw = Number.isNaN(observed) ? null : place(observed);
  const zone = op === '==' ? ([Math.max(0, bound - 0.02), Math.min(1, bound + 0.02)] as const) : ([bound, 1] as const);
  return {
    bound,
    zone,
    at: raw === null ? null : Math.min(1, Math.max(0, raw)),
    beyond: raw === null || (raw >= 0 && raw <= 1) ? null : raw < 0 ? 'low' : 'high',
    margin: marginOf(verdict, observed, unit),
  };
}

/** NaN: unknown. */
export function observedOf(verdict: Pick<Verdict, 'observed' | 'nonFinite'>): number {
  return isUnknown(verdict) ? Number.NaN : (verdict.observed ?? Number(verdict.nonFinite?.['observed']));
}

type Place = (x: number) => number;

/** A figure that must be met exactly stands at the right end; what misses it lies as far to the left as it is away. */
function exactly(threshold: number, observed: number): Place {
  const away = Math.max(3, Number.isFinite(observed) ? 1.25 * Math.abs(observed - threshold) : 3);
  return (x) => 0.98 - (0.98 * Math.abs(x - threshold)) / away;
}

/** Equal steps for each factor of ten that is missing to certainty: 90 %, 99 %, 99.9 %. */
function certainty(threshold: number, fewerIsBetter: boolean): Place {
  const missing = (x: number): number => -Math.log10(Math.max(fewerIsBetter ? x : 1 - x, 1e-12));
  const most = Math.max(4, missing(threshold) + 1);
  return (x) => Math.min(missing(x), most) / most;
}

function around(threshold: number, observed: number, fewerIsBetter: boolean): Place {
  const away = Number.isFinite(observed) ? Math.abs(observed - threshold) : 0;
  const half = 1.25 * Math.max(away, Math.abs(threshold), away === 0 && threshold === 0 ? 1 : 0);
  const sign = fewerIsBetter ? -1 : 1;
  return (x) => 0.5 + (sign * (x - threshold)) / (2 * half);
}

function marginOf({ passed, threshold, op }: Verdict, observed: number, unit: Unit): string {
  if (Number.isNaN(observed)) return 'unknown, which never passes';
  const away = Math.abs(observed - threshold);
  if (away === 0) return passed ? 'exactly met' : 'met, but refused for another reason';
  const met = op === '>=' || op === '>' ? observed > threshold : op === '==' ? false : observed < threshold;
  const text = unit === 'probability' || unit === 'share' ? `${(100 * away).toPrecision(2)} points` : sayFigure(unit, away);
  if (met && !passed) return `${text} to spare, but refused for another reason`;
  if (passed) return `${text} to spare`;
  return `${text} ${observed > threshold ? 'over' : 'short'}`;
}
