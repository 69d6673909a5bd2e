import type { CostModel } from './options.ts';

/**
 * Costs in basis points: per trade a proportional fee, and a market impact whose rate grows with the trade's value and stops growing at
 * {@link impactCapValue}:
 *
 *     fee    = value * transactionBp / 10,000
 *     impact = value * impactBp / 10,000 * min(value / 100,000, 1)
 *
 * The cap is on the factor, not on the cost. Impact is charged per asset and per fill: two assets have two order books.
 */
export type BasisPointCosts = Extract<CostModel, { readonly transactionBp: number }>;

/** Trade value, in account currency, above which the impact rate stays constant. */
const impactCapValue = 100_000;

const perBasisPoint = 1 / 10_000;

/** Proportional fee of `value` traded, in account currency. */
export function transactionCost(value: number, transactionBp: number): number {
  return value * transactionBp * perBasisPoint;
}

/** A fill's value times its impact factor; times the impact rate it is the cost. */
export function impactedValue(value: number): number {
  return value * Math.min(value / impactCapValue, 1);
}

/** True for costs in basis points, which depend on the value traded alone. */
export function inBasisPoints(costs: CostModel): costs is BasisPointCosts {
  return costs.model === undefined || costs.model === 'bp';
}

/** What a unit costs to trade: its fee, and its slippage in ticks, in account currency. */
export interface UnitCost {
  readonly feePerSide: number;
  /** Account currency of one tick of one unit. */
  readonly tickValue: number;
  /** Slippage of each bar in ticks, or of all bars. */
  readonly slippageTicks: Float64Array | number;
}

/** What an account is charged, see {@link fillCost}. */
export interface Charges {
  /** Rates on the value traded; 0 where units are charged. */
  readonly transactionBp: number;
  readonly impactBp: number;
  /** Per asset; null: nothing is charged by the unit. */
  readonly unitCosts: readonly UnitCost[] | null;
}

/** Cost of one unit and side in bar `row`, in account currency. */
export function costPerSide({ feePerSide, tickValue, slippageTicks }: UnitCost, row: number): number {
  return feePerSide + (typeof slippageTicks === 'number' ? slippageTicks : slippageTicks[row]!) * tickValue;
}

/** Cost of one fill of asset `k` in bar `row`, in account currency: its value's basis points, and what its units are charged. */
export function fillCost(
  { transactionBp, impactBp, unitCosts }: Charges,
  k: number,
  row: number,
  units: number,
  /** Account currency that a unit is worth at the price of the fill. */
  worth: number,
): number {
  const value = Math.abs(units) * worth;
  const charged = unitCosts === null || units === 0 ? 0 : Math.abs(units) * costPerSide(unitCosts[k]!, row);
  return (value * transactionBp + impactedValue(value) * impactBp) / 10_000 + charged;
}
