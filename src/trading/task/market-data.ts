import type { SharedTable } from '../../core/table.ts';
import type { FeatureMatrix } from '../../features/feature-set.ts';
import { featureMatrix } from '../../features/index.ts';
import { applyNormaliser, fitNormaliser, type Normaliser } from '../../features/normalise.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { barsFromTable } from '../../market/store/read.ts';
import type { Normalisation } from '../agents/agent.ts';
import { type Market, rowsOf, type SessionRange } from '../env/market.ts';

/** A data set's bars and features, before any normalisation. */
export interface RawMarket {
  readonly bars: AlignedBars;
  readonly features: FeatureMatrix;
}

/** Cache per thread: the features of a table are computed once for all its trials. */
const known = new WeakMap<SharedTable, Map<string, RawMarket>>();

/**
 * Bars and features of a data set.
 * @throws AssayError `data_invalid` or `not_finite` for bars from which features cannot be computed.
 */
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

/** The market for an agent that is trained on `train`: features normalised with the training part's mean and deviation only. */
export function normalisedMarket({ bars, features }: RawMarket, train: SessionRange): { market: Market; normaliser: Normaliser } {
  const normaliser = fitNormaliser(features, rowsOf(bars, train));
  return { market: marketOf({ bars, features: applyNormaliser(normaliser, features) }), normaliser };
}

/** The market with raw features. */
export function marketOf({ bars, features: { values, width, warmUpBars } }: RawMarket): Market {
  return { bars, features: values, featuresPerAsset: width / bars.bars.length, firstRow: warmUpBars };
}

/** The first step of a saved policy on an observation of raw features: each asset's features normalised, its position unchanged. */
export function observationNormalisation({ mean, sd, clip }: Normaliser, assets: number): Normalisation {
  const featuresPerAsset = mean.length / assets;
  const perAsset = (values: readonly number[], ofPosition: number): readonly number[] =>
    Array.from({ length: assets }, (_, asset) => [
      ...values.slice(asset * featuresPerAsset, (asset + 1) * featuresPerAsset),
      ofPosition,
    ]).flat();
  return {
    mean: perAsset(mean, 0),
    scale: perAsset(
      sd.map((deviation) => deviation || 1),
      1,
    ),
    // A feature that was constant in the fit becomes 0.
    limit: perAsset(
      sd.map((deviation) => (deviation === 0 ? 0 : clip)),
      largestFloat,
    ),
  };
}

/** Largest float32, as "no limit". */
const largestFloat = (2 - 2 ** -23) * 2 ** 127;
