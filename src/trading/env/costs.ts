/**
 * What trading costs. Two parts per trade: a proportional fee, and a market impact whose rate grows with the trade's
 * value and stops growing at {@link impactCapValue}:
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

/** The trade value, in account currency, from which on the impact rate is full. */
const impactCapValue = 100_000;

const perBasisPoint = 1 / 10_000;

/** The proportional fee of `value` traded, in account currency. */
export function transactionCost(value: number, transactionBp: number): number {
  return value * transactionBp * perBasisPoint;
}

/** A fill's value weighted by its impact factor: the impact of any rate is this times the rate. */
export function impactedValue(value: number): number {
  return value * Math.min(value / impactCapValue, 1);
}
