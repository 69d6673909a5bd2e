import { isDeepStrictEqual } from 'node:util';
import { AssayError, messageOf } from '../core/errors.ts';
import { canonicalJson, type Json } from '../core/json.ts';
import { createRng, type Rng } from '../core/rng.ts';
import type { AlignedBars } from '../market/bars.ts';
import type { FeatureMatrix, FeatureSet, RowRange } from './feature-set.ts';
import { findLookAhead, prefixOf, randomRows, withNoiseAfter } from './look-ahead.ts';
import { computeFeatures, fitFeatures, namesOf } from './matrix.ts';
import { type ArrivingBar, startFeatures } from './stream.ts';

/** One property of a feature set on some bars. */
export interface FeatureCheck {
  readonly check: 'finite' | 'learns from training rows only' | 'looks at no later bar' | 'same after a restart';
  readonly passed: boolean;
  /** What was seen: how much was tried, or the first fault. */
  readonly because: string;
}

/** Rows at which the later bars are cut off, replaced and restarted from. */
const triedRows = 12;
/** Bars that these tries go over; longer data sets are cut to their first ones. */
const triedBars = 4000;
const seed = 'feature check';

/**
 * Checks a feature set as ours are tested: every value is finite; it learns the same whatever comes after the training rows; no value changes if
 * later bars are cut off or replaced by noise; and bar by bar, restarted from its saved state, it gives the same bits.
 * @param training rows that it may learn from.
 */
export function checkFeatureSet(set: FeatureSet, bars: AlignedBars, training: RowRange): readonly FeatureCheck[] {
  const rng = createRng(seed);
  const few = prefixOf(bars, Math.min(bars.time.length, Math.max(triedBars, set.warmUpBars(bars.barMs) + triedRows)));
  const rows = few.time.length;
  let fitted: Json = null;
  // Without warm-up, so that every row is compared.
  const cold: FeatureSet = { ...set, warmUpBars: () => 0 };
  return [
    seen('finite', () => {
      fitted = fitFeatures(set, bars, training);
      const { values, width } = computeFeatures(set, bars, fitted);
      return `${values.length / width} rows of ${width} features`;
    }),
    seen('learns from training rows only', () => {
      if (set.fit === undefined) return 'it learns nothing';
      canonicalJson(fitted);
      for (const other of [prefixOf(bars, training.to), withNoiseAfter(bars, training.to - 1, rng)])
        if (!isDeepStrictEqual(fitFeatures(set, other, training), fitted))
          throw new AssayError('data_invalid', 'what it learns depends on bars after the training rows');
      return `rows ${training.from} to ${training.to}`;
    }),
    seen('looks at no later bar', () => {
      const tried = randomRows(0, rows - 2, triedRows, rng);
      refuseLookAhead(set, few, tried, rng, (some) => computeFeatures(cold, some, fitted));
      if (set.fit === undefined) return `${tried.length} rows of ${rows}, each with later bars cut off and with noise`;
      // What is learnt might carry later bars past its data, so both are done anew on the changed bars.
      const later = prefixOf(bars, Math.min(bars.time.length, training.to + triedBars));
      const refitted = training.to < later.time.length - 1 ? randomRows(training.to, later.time.length - 2, 1, rng) : [];
      refuseLookAhead(set, later, refitted, rng, (some) => computeFeatures(cold, some, fitFeatures(set, some, training)));
      return `${tried.length + refitted.length} rows, each with later bars cut off and with noise, ${refitted.length} of them with what is learnt`;
    }),
    seen('same after a restart', () =>
      restarted(set, few, fitted, computeFeatures(cold, few, fitted), new Set(randomRows(1, rows - 1, triedRows, rng))),
    ),
  ];
}

function refuseLookAhead(
  set: FeatureSet,
  bars: AlignedBars,
  tried: readonly number[],
  rng: Rng,
  compute: (bars: AlignedBars) => FeatureMatrix,
): void {
  const found = findLookAhead(compute, bars, tried, rng);
  if (found === null) return;
  const { row, column, was, became, test, afterRow } = found;
  throw new AssayError(
    'data_invalid',
    `${namesOf(set, bars.symbols)[column]} of row ${row} is ${was}, and ${became} with ${test} after row ${afterRow}`,
  );
}

function seen(check: FeatureCheck['check'], of: () => string): FeatureCheck {
  try {
    return { check, passed: true, because: of() };
  } catch (error) {
    return { check, passed: false, because: messageOf(error) };
  }
}

/** Feeds the bars one by one and starts anew from the saved state before each of the rows of `restarts`. */
function restarted(set: FeatureSet, bars: AlignedBars, fitted: Json, matrix: FeatureMatrix, restarts: ReadonlySet<number>): string {
  const { symbols, barMs, calendar } = bars;
  const market = { symbols, barMs, calendar };
  let feed = startFeatures(set, market, { fitted });
  for (let row = 0; row < bars.time.length; row++) {
    if (restarts.has(row)) feed = startFeatures(set, market, { fitted, state: JSON.parse(JSON.stringify(feed.save())) });
    const values = feed.push(bars.time[row]!, arrivingBars(bars, row));
    for (const [column, value] of values.entries()) {
      const wanted = matrix.values[row * matrix.width + column]!;
      if (!Object.is(Math.fround(value), wanted))
        throw new AssayError(
          'data_invalid',
          `${matrix.names[column]} of row ${row} is ${value} bar by bar, not ${wanted}: something is remembered outside of context.memory`,
        );
    }
  }
  return `${restarts.size} restarts in ${bars.time.length} rows`;
}

/** The bars of a row as they would arrive one by one. */
export function arrivingBars(bars: AlignedBars, row: number): readonly ArrivingBar[] {
  return bars.bars.map(({ open, high, low, close, volume }, k) => {
    const contracts = bars.contracts[k];
    return {
      open: open[row]!,
      high: high[row]!,
      low: low[row]!,
      close: close[row]!,
      volume: volume[row]!,
      columns: Object.fromEntries(Object.entries(bars.columns[k]!).map(([name, values]) => [name, values[row]!])),
      ...(contracts == null ? {} : { contract: contracts.names[contracts.index[row]!]! }),
    };
  });
}
