import type { SharedTable } from '../core/table.ts';
import type { FeatureMatrix } from '../features/feature-set.ts';
import { featureMatrix } from '../features/index.ts';
import { applyNormaliser, fitNormaliser, type Normaliser } from '../features/normalise.ts';
import type { AlignedBars } from '../market/bars.ts';
import { barsFromTable } from '../market/store/read.ts';
import { type Market, rowsOf, type SessionRange } from './env/market.ts';

/** A data set's bars with their features, before anything was fitted on them. */
export interface RawMarket {
  readonly bars: AlignedBars;
  readonly features: FeatureMatrix;
}

/** Features of the tables that this thread has seen, so that its next trial need not compute them again. */
const known = new WeakMap<SharedTable, Map<string, RawMarket>>();

/** Bars and features of a data set. Throws `data_invalid` or `not_finite` for bars that do not make features. */
export function rawMarket(table: SharedTable, featureSet: string): RawMarket {
  const ofTable = known.get(table) ?? new Map<string, RawMarket>();
  known.set(table, ofTable);
  const found = ofTable.get(featureSet);
  if (found !== undefined) return found;
  const bars = barsFromTable(table);
  const raw = { bars, features: featureMatrix(bars, { set: featureSet }) };
  ofTable.set(featureSet, raw);
  return raw;
}

/** The market as an agent trained on `train` sees it: features normalised with the training part's mean and deviation alone. */
export function normalisedMarket({ bars, features }: RawMarket, train: SessionRange): { market: Market; normaliser: Normaliser } {
  const normaliser = fitNormaliser(features, rowsOf(bars, train));
  const { values, width, warmUpBars } = applyNormaliser(normaliser, features);
  return {
    market: { bars, features: values, featuresPerAsset: width / bars.bars.length, firstRow: warmUpBars },
    normaliser,
  };
}
