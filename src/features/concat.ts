import { AssayError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { FeatureSet } from './feature-set.ts';

/** Between the ids of the parts in the id of the whole. */
export const concatSign = ' + ';

/**
 * The features of several sets side by side, symbol by symbol.
 * @throws AssayError `config_invalid` for two sets with a feature of the same name, or without a number of symbols that all take.
 */
export function concat(...sets: readonly [FeatureSet, ...FeatureSet[]]): FeatureSet {
  if (sets.length === 1) return sets[0];
  const id = sets.map((set) => set.id).join(concatSign);
  const symbols = { min: Math.max(...sets.map((set) => set.symbols.min)), max: Math.min(...sets.map((set) => set.symbols.max)) };
  if (symbols.min > symbols.max) throw new AssayError('config_invalid', `no number of symbols fits all of ${id}`);
  const names = sets.flatMap((set) => set.features(symbols.min));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new AssayError('config_invalid', `two of the feature sets ${id} have a feature ${twice}`, { hint: 'leave one of the sets out' });

  return {
    id,
    symbols,
    needs: [...new Set(sets.flatMap((set) => set.needs))],
    warmUpBars: (barMs) => Math.max(...sets.map((set) => set.warmUpBars(barMs))),
    history: (barMs) => {
      const each = sets.map((set) => set.history(barMs));
      return { bars: Math.max(...each.map(({ bars }) => bars)), fromSessionStart: each.some(({ fromSessionStart }) => fromSessionStart) };
    },
    features: (symbolCount) => sets.flatMap((set) => set.features(symbolCount)),
    ...(sets.some((set) => set.fit !== undefined) && {
      fit: (bars, training, parts) => sets.map((set) => set.fit?.(bars, training, parts) ?? null),
    }),
    start: (context, fitted) => {
      const assets = context.symbols.length;
      const parts = sets.map((set, i) => {
        const width = set.features(assets).length;
        return { width, stream: set.start(context, fittedOf(fitted, i)), out: new Float64Array(width * assets) };
      });
      const width = parts.reduce((sum, part) => sum + part.width, 0);
      return {
        push: (bar, out) => {
          let from = 0;
          for (const { width: own, stream, out: values } of parts) {
            stream.push(bar, values);
            for (let k = 0; k < assets; k++) for (let j = 0; j < own; j++) out[k * width + from + j] = values[k * own + j]!;
            from += own;
          }
        },
      };
    },
  };
}

function fittedOf(fitted: Json, part: number): Json {
  return Array.isArray(fitted) ? ((fitted as readonly Json[])[part] ?? null) : null;
}
