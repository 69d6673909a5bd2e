import { AssayError } from '../../core/errors.ts';
import { type AlignedBars, type BarColumns, barAge } from '../../market/bars.ts';
import { type Charges, inBasisPoints, type UnitCost } from './costs.ts';
import { type AssetTerms, needed, termsOf } from './instruments.ts';
import type { EnvironmentConfig } from './options.ts';
import { rollPrices } from './rolls.ts';
import type { TradeBook } from './trades.ts';

/** Rules that all accounts of an environment or a backtest trade under; made once, by {@link tradingRules}. */
export interface TradingRules extends Charges {
  /** What is known of each asset. */
  readonly terms: readonly AssetTerms[];
  readonly bars: readonly BarColumns[];
  /** The weight, as a fraction of NAV, of a target of 1 in one asset. */
  readonly unitWeight: number;
  /** Null: fractional shares by weights. */
  readonly units: UnitRules | null;
  /** Where a column says that an asset has no bar of its own, in bars since the last: nothing is traded there. Null: it has all of them. */
  readonly ages: readonly (Float64Array | null)[];
  readonly deadBand: number;
  readonly latencyBars: number;
  /** The fall from the peak, as a fraction, beyond which an episode ends. */
  readonly maxDrawdown: number;
  /** Called between the fill at the open and any sale at the close. */
  readonly onFill: ((i: number) => void) | null;
  /** Kept where a reward or a result needs single trades. */
  readonly trades: TradeBook | null;
}

/** True where an asset has no bar of its own in a row: an order for it is not filled there. */
export function isUnfilled({ ages }: TradingRules, k: number, row: number): boolean {
  const age = ages[k];
  return age != null && age[row]! > 0;
}

/** Rules of accounts in whole shares or contracts, one entry per asset. */
export interface UnitRules {
  readonly sizing: 'exposure' | 'margin';
  readonly multiplier: Float64Array;
  /** 1 for shares, which are paid for; 0 for contracts, of which only gains and losses are. */
  readonly paid: Uint8Array;
  readonly whole: Uint8Array;
  readonly maxUnits: Float64Array;
  /** Share of NAV that one asset may bind as initial margin. */
  readonly marginShare: number;
  /** Per unit, in account currency; 0 without margin. */
  readonly initialMargin: Float64Array;
  readonly maintenanceMargin: Float64Array;
  /** See {@link rollPrices}. */
  readonly rollPrices: readonly (Float64Array | null)[];
}

/**
 * The rules of an environment on a data set.
 * @throws AssayError `config_invalid` if a fee, margin, tick or multiplier that the rules need is stated nowhere, or if contracts are to be
 * held by weights; `data_invalid` if the cost model `spread` finds no usable column `spread`.
 */
export function tradingRules(
  bars: AlignedBars,
  config: EnvironmentConfig,
  // One shape for all: a training and a backtest in one process would slow each other down with two.
  { onFill = null, trades = null }: Partial<Pick<TradingRules, 'onFill' | 'trades'>> = {},
): TradingRules {
  const terms = termsOf(bars, config.instruments);
  const { costs, sizing } = config;
  const rates = inBasisPoints(costs) ? costs : { transactionBp: 0, impactBp: 0 };
  return {
    terms,
    bars: bars.bars,
    unitWeight: config.grossExposure / bars.bars.length,
    transactionBp: rates.transactionBp,
    impactBp: rates.impactBp,
    unitCosts: inBasisPoints(costs) ? null : terms.map((one, k) => unitCostOf(one, costs, bars, k)),
    units: sizing === 'weights' ? refuseContracts(terms) : unitRules(bars, terms, config, sizing),
    ages: bars.columns.map((columns) => columns[barAge] ?? null),
    deadBand: config.deadBand,
    latencyBars: config.latencyBars,
    maxDrawdown: config.maxDrawdown,
    onFill,
    trades,
  };
}

function refuseContracts(terms: readonly AssetTerms[]): null {
  const contract = terms.find(({ unit }) => unit === 'contract');
  if (contract === undefined) return null;
  throw new AssayError('config_invalid', `${contract.symbol} trades in contracts, which cannot be held by weights in fractional shares`, {
    place: 'environment.sizing',
    hint: 'take exposure or margin, and state fees and margins in environment.instruments',
  });
}

function unitRules(bars: AlignedBars, terms: readonly AssetTerms[], config: EnvironmentConfig, sizing: UnitRules['sizing']): UnitRules {
  const column = (of: (terms: AssetTerms) => number) => Float64Array.from(terms, of);
  // A contract is always bought on margin; a share only by the sizing that needs one.
  const onMargin = (one: AssetTerms) => one.unit === 'contract' || sizing === 'margin';
  for (const one of terms)
    if (onMargin(one) && needed(one, 'maintenanceMargin') > needed(one, 'initialMargin'))
      throw new AssayError('config_invalid', `the maintenance margin of ${one.symbol} is above its initial margin`, {
        place: `environment.instruments.${one.symbol}.maintenanceMargin`,
        hint: 'a position would be closed as soon as it is opened: exchange the two',
      });
  return {
    sizing,
    multiplier: column(({ multiplier }) => multiplier),
    paid: Uint8Array.from(terms, ({ unit }) => (unit === 'share' ? 1 : 0)),
    whole: Uint8Array.from(terms, ({ fractional }) => (fractional === true ? 0 : 1)),
    maxUnits: column(({ maxUnits }) => maxUnits),
    marginShare: config.marginUse / terms.length,
    initialMargin: column((one) => (onMargin(one) ? needed(one, 'initialMargin') : 0)),
    maintenanceMargin: column((one) => (onMargin(one) ? needed(one, 'maintenanceMargin') : 0)),
    rollPrices: bars.contracts.map((labels, k) => (labels === null ? null : rollPrices(labels, bars.bars[k]!.close))),
  };
}

function unitCostOf(terms: AssetTerms, costs: EnvironmentConfig['costs'], bars: AlignedBars, k: number): UnitCost {
  const feePerSide = needed(terms, 'feePerSide');
  const tickValue = () => needed(terms, 'tick') * terms.multiplier;
  if (costs.model === 'spread') return { feePerSide, tickValue: tickValue(), slippageTicks: halfSpread(bars, k) };
  const slippageTicks = costs.model === 'contract' ? costs.slippageTicks : 0;
  return { feePerSide, tickValue: slippageTicks === 0 ? 0 : tickValue(), slippageTicks };
}

/** Half of the spread of each bar, in ticks. */
function halfSpread({ columns, symbols, time }: AlignedBars, k: number): Float64Array {
  const spread = columns[k]?.['spread'];
  if (spread === undefined)
    throw new AssayError('data_invalid', `${symbols[k]} has no column spread, which the cost model spread charges half of`, {
      place: 'environment.costs.model',
      hint: 'take the cost model contract with a fixed slippage, or a data set with order flow',
    });
  const bad = spread.findIndex((ticks) => !(ticks >= 0 && Number.isFinite(ticks)));
  if (bad >= 0)
    throw new AssayError('data_invalid', `the spread of ${symbols[k]} is ${spread[bad]} in row ${bad}: nothing could be charged there`, {
      place: `bar of ${new Date(time[bad]!).toISOString()}`,
      hint: 'leave such bars out of the data set, or take the cost model contract',
    });
  return spread.map((ticks) => ticks / 2);
}
