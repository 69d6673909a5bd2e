import { AssayError } from '../../core/errors.ts';
import { dayMs, minuteMs } from '../../market/local-time.ts';
import type { FeatureContext, FeatureSet } from '../feature-set.ts';
import { LongBars } from './long-bars.ts';

/** Bars of the z-score of the volume. */
const volumeBars = 26;
const lengths = { '5m': 5, '15m': 15, '60m': 60 } as const;

/**
 * Longer bars beside each bar, from closed ones only: `context-5m@1`, `context-15m@1`, `context-60m@1`, anchored at the session's open and
 * built by the clock, so that missing minutes neither shift nor delay them. A bar [s, s + 15 min) is seen from the first bar that ends at
 * s + 15 min or later; one that the session's end cuts short is seen from the next session on. All values are 0 before the first.
 *
 * Of the last such bar: log return within its session (the first one from its own open), (H - L) / C, close over the mean of the last four
 * closes of its session minus 1, z-score of the volume over 26 bars, and its age in its own lengths, counted from the open while it is of an
 * earlier session.
 */
export const contextSets: readonly FeatureSet[] = Object.entries(lengths).map(([name, minutes]) => contextOf(name, minutes));

/** One bar a session, seen from the next session on: `context-1d@1`. Log return from close to close, of a contract's first one from its own open. */
export const dailyContext: FeatureSet = {
  ...baseOf('1d', ['return', 'range', 'mean_dist', 'volume_zscore']),
  warmUpBars: (barMs) => volumeBars * Math.ceil(dayMs / barMs),
  history: (barMs) => ({ bars: (volumeBars + 1) * Math.ceil(dayMs / barMs), fromSessionStart: true }),
  start: (context) => startContext(context, null),
};

function contextOf(name: string, minutes: number): FeatureSet {
  const lengthMs = minutes * minuteMs;
  return {
    ...baseOf(name, ['return', 'range', 'mean_dist', 'volume_zscore', 'age']),
    warmUpBars: (barMs) => (volumeBars * lengthMs) / barMs,
    history: (barMs) => ({ bars: ((volumeBars + 1) * lengthMs) / barMs, fromSessionStart: true }),
    start: (context) => {
      if (lengthMs <= context.barMs || lengthMs % context.barMs !== 0)
        throw new AssayError(
          'data_invalid',
          `context-${name}@1 needs bars that ${minutes} minutes are a multiple of, not of ${context.barMs / 1000} seconds`,
          {
            hint: 'use a longer context or shorter bars',
          },
        );
      return startContext(context, lengthMs);
    },
  };
}

function baseOf(name: string, features: readonly string[]): Omit<FeatureSet, 'warmUpBars' | 'history' | 'start'> {
  const names = features.map((feature) => `context_${name}_${feature}`);
  return { id: `context-${name}@1`, symbols: { min: 1, max: Number.POSITIVE_INFINITY }, needs: [], features: () => names };
}

function startContext({ symbols, memory, barMs }: FeatureContext, lengthMs: number | null) {
  const width = lengthMs === null ? 4 : 5;
  const assets = symbols.map(() => new LongBars(memory, { lengthMs, barMs, volumeBars }));
  return {
    push: (bar: Parameters<LongBars['push']>[0], out: Float64Array) => {
      for (let k = 0; k < assets.length; k++) assets[k]!.push(bar, k, out, k * width);
    },
  };
}
