import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { AlignedBars } from '../market/bars.ts';
import { builtInIds } from './choice.ts';
import type { FeatureContext, FeatureHistory, FeatureSet, FeatureStream, RowRange } from './feature-set.ts';

/** A feature set of your own. */
export interface FeatureSetOptions {
  /** `name@version`. Raise the version whenever a value changes: stored models name it. */
  readonly id: string;
  /** Names of one symbol's features. */
  readonly features: readonly string[] | ((symbolCount: number) => readonly string[]);
  /** How many symbols the set takes; default: any number. */
  readonly symbols?: { readonly min?: number; readonly max?: number };
  /** Columns beside open, high, low, close and volume that every symbol must have; default: none. */
  readonly needs?: readonly string[];
  /** Leading bars that are not to be used; default 0. */
  readonly warmUpBars?: number;
  /** Bars that a stream which starts in the middle must be shown first; default: the warm-up and one more. */
  readonly history?: FeatureHistory;
  /**
   * What the set learns from the training rows, as plain data. It must read no other row, and learn nothing across the borders of `parts`
   * where there are several.
   */
  readonly fit?: (bars: AlignedBars, training: RowRange, parts: readonly RowRange[]) => Json;
  /**
   * Starts the set. What it remembers from bar to bar it keeps in `context.memory.numbers(n)` and nowhere else, so that a stream can be saved
   * and restored.
   */
  readonly start: (context: FeatureContext, fitted: Json) => FeatureStream;
}

/**
 * Defines a feature set of your own, for `features` of a trading study. `assay data features <data set> --set <file> --check` checks it as ours
 * are checked.
 * @throws AssayError `config_invalid` naming what cannot be
 *
 * @example
 * ```ts
 * import { defineFeatureSet } from 'assay';
 *
 * // The gap from the last close to the open, and the close within the range, of each symbol.
 * export default defineFeatureSet({
 *   id: 'gaps@1',
 *   features: ['gap', 'location'],
 *   start: ({ symbols, memory }) => {
 *     const lastClose = memory.numbers(symbols.length);
 *     return {
 *       push: (bar, out) => {
 *         for (let k = 0; k < symbols.length; k++) {
 *           const [open, high, low, close] = [bar.open[k]!, bar.high[k]!, bar.low[k]!, bar.close[k]!];
 *           out[2 * k] = lastClose[k] === 0 ? 0 : Math.log(open / lastClose[k]!);
 *           out[2 * k + 1] = high > low ? (close - low) / (high - low) : 0.5;
 *           lastClose[k] = close;
 *         }
 *       },
 *     };
 *   },
 * });
 * ```
 */
export function defineFeatureSet(options: FeatureSetOptions): FeatureSet {
  const {
    id,
    features,
    symbols = {},
    needs = [],
    warmUpBars = 0,
    history = { bars: warmUpBars + 1, fromSessionStart: false },
    fit,
    start,
  } = options;
  const { min = 1, max = Number.POSITIVE_INFINITY } = symbols;
  const of = (symbolCount: number): readonly string[] => (typeof features === 'function' ? features(symbolCount) : features);
  const refuse = (what: string, hint: string): never => {
    throw new AssayError('config_invalid', `${what}`, { place: `defineFeatureSet ${id}`, hint });
  };
  if (!/^[a-z][a-z0-9-]*@[1-9]\d*$/.test(id))
    refuse(`${JSON.stringify(id)} is no id of a feature set`, 'write a name and a version: gaps@1');
  if (builtInIds().includes(id)) refuse(`${id} is a feature set of Assay itself`, 'take another name');
  if (!Number.isInteger(min) || min < 1 || !(max >= min))
    refuse(`symbols from ${min} to ${max} cannot be`, 'write symbols: { min: 2, max: 2 }');
  if (!Number.isInteger(warmUpBars) || warmUpBars < 0) refuse(`a warm-up of ${warmUpBars} bars cannot be`, 'write a whole number from 0');
  const names = of(min);
  if (names.length === 0 || new Set(names).size < names.length || !names.every((name) => /^\w+$/.test(name)))
    refuse(`the features [${names.join(', ')}] cannot be`, 'name at least one, each differently, by letters, digits and underscores');
  return {
    id,
    symbols: { min, max },
    needs,
    warmUpBars: () => warmUpBars,
    history: () => history,
    features: of,
    ...(fit !== undefined && { fit }),
    start,
  };
}
