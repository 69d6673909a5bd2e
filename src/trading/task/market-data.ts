import type { SharedTable } from '../../core/table.ts';
import { type FeatureChoice, featureSetOf, isSet } from '../../features/choice.ts';
import type { FeatureMatrix, FeatureSet } from '../../features/feature-set.ts';
import { computeFeatures, fitFeatures } from '../../features/matrix.ts';
import { applyNormaliser, fitNormaliser, type Normaliser } from '../../features/normalise.ts';
import { rangesOf, type TrainingRows } from '../../features/training-rows.ts';
import type { AlignedBars } from '../../market/bars.ts';
import { barsFromTable } from '../../market/store/read.ts';
import type { Normalisation } from '../agents/agent.ts';
import { type Market, rowsOf, type SessionParts } from '../env/market.ts';
import { shuffled, type Withheld, withheldColumns, withoutColumns } from './withhold.ts';

/** A data set's bars and the features wanted of them, before anything is learnt from a training part. */
export interface RawMarket {
  readonly bars: AlignedBars;
  readonly set: FeatureSet;
  /** The features after the set has learnt from these rows; computed once for each of the last few ranges. */
  readonly features: (training: TrainingRows) => FeatureMatrix;
}

/** Matrices kept for one data set and feature set: the search's training part and those of some folds. */
const keptMatrices = 3;

/** Bars with a feature set. */
export function marketFrom(bars: AlignedBars, features: FeatureChoice): RawMarket {
  const set = featureSetOf(features);
  const known = new Map<string, FeatureMatrix>();
  return {
    bars,
    set,
    features: (training) => {
      // A set that learns nothing has the same features for every training part.
      const key = set.fit === undefined ? '' : JSON.stringify(rangesOf(training));
      const found = known.get(key) ?? computeFeatures(set, bars, fitFeatures(set, bars, training));
      // The newest last, the oldest dropped.
      known.delete(key);
      known.set(key, found);
      if (known.size > keptMatrices) known.delete(known.keys().next().value!);
      return found;
    },
  };
}

/** Cache per thread: the features of a table are computed once for all its trials. */
const known = new WeakMap<SharedTable, Map<unknown, RawMarket>>();

/**
 * Bars of a data set with a feature set.
 * @throws AssayError `data_invalid` for a table without bars; `config_invalid` for an unknown feature set.
 */
export function rawMarket(table: SharedTable, features: FeatureChoice): RawMarket {
  const ofTable = known.get(table) ?? new Map<unknown, RawMarket>();
  known.set(table, ofTable);
  // A set given as an object is known by itself, since its id does not say what its code does.
  const key = isData(features) ? featureSetOf(features).id : features;
  const found = ofTable.get(key) ?? marketFrom(barsFromTable(table), features);
  ofTable.set(key, found);
  return found;
}

function isData(features: FeatureChoice): boolean {
  return typeof features === 'string' || (Array.isArray(features) ? features.every(isData) : !isSet(features));
}

/** A market as an agent trained on `train` sees it, and as its saved policy does. */
export interface TrainedMarket {
  /** Features normalised with the training part's mean and deviation only. */
  readonly market: Market;
  /** The same features before the normalisation. */
  readonly unnormalised: Market;
  readonly normaliser: Normaliser;
}

/**
 * Everything that is learnt from the training part: what the feature set learns, mean and deviation. No other row is read for it.
 * @throws AssayError `config_invalid` for a withheld feature that is not there.
 */
export function normalisedMarket(raw: RawMarket, train: SessionParts, withhold?: Withheld): TrainedMarket {
  const training = rangesOf(train).map((range) => rowsOf(raw.bars, range));
  const complete = raw.features(training);
  const columns = withhold === undefined ? [] : withheldColumns(withhold, complete.names);
  const features = withhold?.how === 'shuffle' ? shuffled(complete, columns, raw.bars, train) : complete;
  const fitted = fitNormaliser(features, training);
  const normaliser = withhold?.how === 'zero' ? withoutColumns(fitted, columns) : fitted;
  return {
    market: marketOf(raw.bars, applyNormaliser(normaliser, features)),
    unnormalised: marketOf(raw.bars, features),
    normaliser,
  };
}

/** Bars with computed features. */
export function marketOf(bars: AlignedBars, { values, width, warmUpBars }: FeatureMatrix): Market {
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
