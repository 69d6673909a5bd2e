import { describe, expect, test } from 'vitest';
import { createRng } from '../core/rng.ts';
import { checkFeatureSet } from '../features/check.ts';
import type { FeatureSet, RowRange } from '../features/feature-set.ts';
import { namesOf } from '../features/matrix.ts';
import { type AlignedBars, alignedBars } from '../market/bars.ts';
import { generateMarket } from '../market/synthetic/generate.ts';
import { marketPresets } from '../market/synthetic/presets.ts';

/** What a feature set is tried on, where the generated bars will not do. */
export interface FeatureSetTraits {
  /** How many symbols: default 2, or the fewest or most that the set takes. */
  readonly symbols?: number;
  /** Values of the named columns that the set needs, of one symbol and row. Default: random numbers above 1. */
  readonly column?: (name: string, symbol: number, row: number) => number;
  /** Bars of your own in place of generated ones, with the rows that the set may learn from. */
  readonly market?: FeatureMarket;
}

/** Bars, and the rows of them that a set may learn from. */
export interface FeatureMarket {
  readonly bars: AlignedBars;
  readonly training: RowRange;
}

/** Generated sessions that a set may learn from, and those behind them. */
const sessions = { training: 4, later: 2 };
const minuteMs = 60_000;
const barsPerSession = 390;

/**
 * Declares tests of what every feature set promises: finite values under distinct names, nothing that depends on a later bar (bars are cut off,
 * and replaced by noise), nothing learnt outside of the training rows, the same bits bar by bar and after a restart from a saved state.
 *
 * @param name in the titles of the tests
 *
 * @example
 * ```ts
 * import { featureSetConformance } from 'assay/testing';
 * import gaps from './gaps.ts';
 *
 * featureSetConformance('gaps', gaps);
 * ```
 */
export function featureSetConformance(name: string, set: FeatureSet, traits: FeatureSetTraits = {}): void {
  describe(`feature set ${name}`, () => {
    const { bars, training } = traits.market ?? generated(set, traits);

    test('has a name of its own for each column of each symbol', () => {
      const names = namesOf(set, bars.symbols);
      expect(names).toHaveLength(bars.symbols.length * set.features(bars.symbols.length).length);
      expect(new Set(names).size).toBe(names.length);
    });

    test('warms up within the bars that it is given, and its history is no shorter than that', () => {
      expect(set.warmUpBars(bars.barMs)).toBeLessThan(bars.time.length);
      expect(set.history(bars.barMs).bars).toBeGreaterThanOrEqual(set.warmUpBars(bars.barMs));
    });

    test('is finite, causal, learns from its training rows only and goes on from a saved state', () => {
      const faults = checkFeatureSet(set, bars, training).filter(({ passed }) => !passed);
      expect(faults.map(({ check, because }) => `${check}: ${because}`)).toEqual([]);
    });
  });
}

/** Minutes of a generated market, more of them than the set's warm-up. */
function generated(set: FeatureSet, { symbols: asked, column = randomColumns() }: FeatureSetTraits): FeatureMarket {
  const count = asked ?? Math.min(Math.max(2, set.symbols.min), set.symbols.max);
  const warmUp = Math.ceil(set.warmUpBars(minuteMs) / barsPerSession);
  const base = marketPresets.planted;
  const each = <Value>(values: readonly Value[]): readonly Value[] => Array.from({ length: count }, (_, k) => values[k % values.length]!);
  const market = generateMarket(
    {
      ...base,
      symbols: Array.from({ length: count }, (_, k) => `S${k + 1}`),
      startPrices: each(base.startPrices),
      volatilityAnnual: each(base.volatilityAnnual),
      meanVolume: each(base.meanVolume),
    },
    'feature set conformance',
    warmUp + sessions.training + sessions.later,
  );
  const rows = market.time.length;
  const bars = alignedBars({
    ...market,
    columns: market.symbols.map((_, symbol) =>
      Object.fromEntries(
        set.needs.map((needed) => [needed, Float64Array.from({ length: rows }, (__, row) => column(needed, symbol, row))]),
      ),
    ),
  });
  return { bars, training: { from: 0, to: rows - sessions.later * barsPerSession } };
}

function randomColumns(): () => number {
  const rng = createRng('columns');
  return () => 1 + Math.abs(rng.normal());
}
