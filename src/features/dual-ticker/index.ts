import { AssayError } from '../../core/errors.ts';
import type { AlignedBars, BarColumns } from '../../market/bars.ts';
import type { FeatureSet } from '../feature-set.ts';
import { sessionStarts } from '../windows.ts';
import { momentumDivergence, returnCorrelation, spreadRatio } from './cross.ts';
import { momentum, spread, vwapDeviation } from './price.ts';
import { logReturns, realisedVolatility, shape, volatilityOfVolatility } from './returns.ts';
import { bookImbalance, tradeIntensity } from './volume.ts';

/** Windows of the features, in bars of one minute. */
const windows = {
  /** F2 */
  volumeBars: 60,
  eps: 1e-8,
  /** F3 */
  vwapBars: 10,
  /** F4 */
  intensityShortBars: 5,
  intensityLongBars: 20,
  /** F5 and F12 */
  momentumBars: 5,
  /**
   * F6-F9. The source names 288 "five-minute" bars: on one-minute bars that would average over regimes of 90 bars and need three quarters
   * of the first session as warm-up.
   */
  returnBars: 60,
  shortReturnBars: 5,
  /** F10 */
  correlationBars: 50,
} as const;

/** Nine features of the asset and three of the pair from its side, in the order of the observation. */
const perSymbol = [
  'spread',
  'bookImbalance',
  'vwapDeviation',
  'tradeIntensity',
  'momentum',
  'realisedVolatility',
  'volatilityOfVolatility',
  'skewness',
  'kurtosis',
  'returnCorrelation',
  'spreadRatio',
  'momentumDivergence',
] as const;

/**
 * The second version of the microstructure features for a pair of assets, from one-minute bars: twelve per asset.
 * The environment appends each asset's position to its twelve features, which makes 26 values.
 */
export const dualTicker: FeatureSet = {
  id: 'dual-ticker@2',
  symbolCount: 2,
  perSymbol,
  warmUpBars: Math.max(...Object.values(windows)) - 1,
  columns,
};

function columns(bars: AlignedBars): readonly Float64Array[] {
  const [first, second] = bars.bars;
  if (first === undefined || second === undefined || bars.bars.length !== 2)
    throw new AssayError('data_invalid', `dual-ticker@2 needs bars of two symbols, not of ${bars.bars.length}`);
  const starts = sessionStarts(bars.session);
  const a = ownFeatures(first, starts);
  const b = ownFeatures(second, starts);
  const correlation = returnCorrelation(a.returns, b.returns, windows.correlationBars);
  const cross = (own: OwnFeatures, other: OwnFeatures): Float64Array[] => [
    correlation,
    spreadRatio(own.spread, other.spread),
    momentumDivergence(own.momentum, other.momentum),
  ];
  return [...a.columns, ...cross(a, b), ...b.columns, ...cross(b, a)];
}

interface OwnFeatures {
  readonly returns: Float64Array;
  readonly spread: Float64Array;
  readonly momentum: Float64Array;
  /** F1 to F9. */
  readonly columns: readonly Float64Array[];
}

function ownFeatures(bars: BarColumns, starts: Int32Array): OwnFeatures {
  const returns = logReturns(bars, starts);
  const ownSpread = spread(bars);
  const ownMomentum = momentum(bars, starts, windows.momentumBars);
  const { skewness, kurtosis } = shape(returns, windows.returnBars);
  return {
    returns,
    spread: ownSpread,
    momentum: ownMomentum,
    columns: [
      ownSpread,
      bookImbalance(bars, returns, windows.volumeBars, windows.eps),
      vwapDeviation(bars, starts, windows.vwapBars),
      tradeIntensity(bars, windows.intensityShortBars, windows.intensityLongBars),
      ownMomentum,
      realisedVolatility(returns, windows.returnBars),
      volatilityOfVolatility(returns, windows.returnBars, windows.shortReturnBars),
      skewness,
      kurtosis,
    ],
  };
}
