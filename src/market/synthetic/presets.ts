import { AssayError } from '../../core/errors.ts';
import { chop, type Regime, shock, trend } from './regimes.ts';

/** Parameters of a generated market, besides its seed and length. */
export interface MarketParameters {
  readonly symbols: readonly string[];
  /** One for each symbol, as the next two are. */
  readonly startPrices: readonly number[];
  /** Base volatility per year (of 252 sessions), before the regimes' factors. */
  readonly volatilityAnnual: readonly number[];
  /** Mean shares per bar. */
  readonly meanVolume: readonly number[];
  /** Correlation of each asset's shocks within a bar with those of the first. */
  readonly correlation: number;
  readonly regimes: readonly Regime[];
  readonly meanBlockBars: number;
  /** Strength s of the planted edge: the next bar's drift is about s times its volatility. 0 plants nothing. */
  readonly strength: number;
  /** Weight that the memory of past shocks keeps per bar. */
  readonly memory: number;
  /** Size of a jump in units of the base volatility of a bar. */
  readonly jumpSigmas: number;
  /** Standard deviation of the overnight gap in units of a session's volatility. */
  readonly overnightSigmas: number;
  /** Local date of the first session. */
  readonly firstDate: string;
}

const base: MarketParameters = {
  symbols: ['NVDA', 'MSFT'],
  startPrices: [240, 92],
  volatilityAnnual: [0.35, 0.25],
  meanVolume: [28_000, 62_000],
  correlation: 0.6,
  regimes: [trend, chop, shock],
  meanBlockBars: 90,
  strength: 0.15,
  memory: 0.85,
  jumpSigmas: 3,
  overnightSigmas: 0.1,
  firstDate: '2024-01-02',
};

/** All presets; add further kinds of markets here. */
export const marketPresets = {
  /** An implausibly strong edge that an agent must be able to learn: about 2.5 % of the next bar's variance is predictable. */
  planted: base,
  /** About 0.3 % predictable, close to the costs. */
  faint: { ...base, strength: 0.05 },
  /** The same shocks without any drift: no agent should pass the gates on it. */
  'no-edge': { ...base, strength: 0 },
  /** One regime only, for curricula. */
  trend: { ...base, regimes: [trend] },
  chop: { ...base, regimes: [chop] },
  shock: { ...base, regimes: [shock] },
} as const satisfies Record<string, MarketParameters>;

/** The parameters for other symbols, which have the prices, volatilities and volumes of the given ones in turn. */
export function presetFor(parameters: MarketParameters, symbols: readonly string[]): MarketParameters {
  const inTurn = (values: readonly number[]) => symbols.map((_, k) => values[k % values.length]!);
  return {
    ...parameters,
    symbols,
    startPrices: inTurn(parameters.startPrices),
    volatilityAnnual: inTurn(parameters.volatilityAnnual),
    meanVolume: inTurn(parameters.meanVolume),
  };
}

/** @throws AssayError `config_invalid` for an unknown preset. */
export function marketPresetOf(preset: string): MarketParameters {
  const presets: Readonly<Record<string, MarketParameters>> = marketPresets;
  const parameters = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (parameters === undefined)
    throw new AssayError('config_invalid', `unknown market preset ${JSON.stringify(preset)}`, {
      hint: `known presets: ${Object.keys(presets).join(', ')}; with a book: order-flow`,
    });
  return parameters;
}
