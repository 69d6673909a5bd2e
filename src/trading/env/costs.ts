/**
 * Costs of trading: per trade a proportional fee, and a market impact whose rate grows with the trade's value and stops growing at
 * {@link impactCapValue}:
 *
 *     fee    = value * transactionBp / 10,000
 *     impact = value * impactBp / 10,000 * min(value / 100,000, 1)
 *
 * The cap is on the factor, not on the cost. Impact is charged per asset and per fill: two assets have two order books.
 */
export interface CostModel {
  readonly transactionBp: number;
  readonly impactBp: number;
}

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
