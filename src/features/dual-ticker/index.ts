import { barsPerYear } from '../../market/calendars/calendar.ts';
import type { FeatureContext, FeatureSet, FeatureStream } from '../feature-set.ts';
import { Recent } from '../recent.ts';
import { Asset } from './asset.ts';
import { meanOfOthers, returnCorrelation, spreadRatio } from './cross.ts';
import { windows } from './windows.ts';

const warmUpBars = Math.max(...Object.values(windows)) - 1;

/** Nine features of the asset. */
const own = [
  'spread',
  'bookImbalance',
  'vwapDeviation',
  'tradeIntensity',
  'momentum',
  'realisedVolatility',
  'volatilityOfVolatility',
  'skewness',
  'kurtosis',
] as const;
/** Three of the asset beside the others. */
const cross = ['returnCorrelation', 'spreadRatio', 'momentumDivergence'] as const;
const both = [...own, ...cross];
const spreadAt = own.indexOf('spread');
const momentumAt = own.indexOf('momentum');

/**
 * Microstructure features of any number of assets: nine of each, and three of each beside the equally weighted mean of the others (left out
 * for a single asset). Of two assets of one-minute US equity bars the values are those of `dual-ticker@2` to the bit.
 */
export const multiTicker: FeatureSet = {
  id: 'multi-ticker@1',
  symbols: { min: 1, max: Number.POSITIVE_INFINITY },
  needs: [],
  warmUpBars: () => warmUpBars,
  history: () => ({ bars: warmUpBars + 1, fromSessionStart: false }),
  features: (symbolCount) => (symbolCount === 1 ? own : both),
  start: (context) => startTickers(context, barsPerYear(context.calendar, context.barMs)),
};

/** Minutes of trading in a year of 252 sessions of 390 minutes, whatever the calendar. */
const minutesPerYear = 252 * 390;

/**
 * The second version of the microstructure features for a pair of assets, from one-minute bars: twelve per asset.
 * The environment appends each asset's position to its twelve features, which makes 26 values.
 */
export const dualTicker: FeatureSet = {
  ...multiTicker,
  id: 'dual-ticker@2',
  symbols: { min: 2, max: 2 },
  start: (context) => startTickers(context, minutesPerYear),
};

function startTickers({ symbols, memory }: FeatureContext, perYear: number): FeatureStream {
  const assets = symbols.map(() => new Asset(memory, perYear));
  const [returns, spreads, momenta] = [0, 1, 2].map(() => new Float64Array(symbols.length));
  const isSingle = symbols.length === 1;
  const othersReturns = isSingle ? [] : assets.map(() => new Recent(memory, windows.correlationBars));
  const isPair = assets.length === 2;
  const width = isSingle ? own.length : both.length;

  return {
    push: (bar, out) => {
      for (let k = 0; k < assets.length; k++) {
        const asset = assets[k]!;
        asset.push(bar, k, out, k * width);
        returns![k] = asset.returns.newest;
        spreads![k] = out[k * width + spreadAt]!;
        momenta![k] = out[k * width + momentumAt]!;
      }
      for (let k = 0; k < othersReturns.length; k++) {
        const others = othersReturns[k]!;
        others.push(meanOfOthers(returns!, k));
        const at = k * width + own.length;
        // The second of two assets has the correlation of the first.
        out[at] = isPair && k === 1 ? out[own.length]! : returnCorrelation(assets[k]!.returns, others, windows.correlationBars);
        out[at + 1] = spreadRatio(spreads![k]!, meanOfOthers(spreads!, k));
        out[at + 2] = momenta![k]! - meanOfOthers(momenta!, k);
      }
    },
  };
}
