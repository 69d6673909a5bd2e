/** The reward's coefficients as the studies search them, in the names of reward v2 (docs/rewards.md). */
export function rewardOf(params: Readonly<Record<'lambda' | 'beta' | 'sharpeBonus' | 'drawdownPenalty', number>>) {
  const { lambda, beta, sharpeBonus, drawdownPenalty } = params;
  return { lambdaTurnover: lambda, betaVolatility: beta, sharpeBonus, drawdownPenalty };
}
