import { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import { type BasisPointCosts, inBasisPoints, transactionCost } from '../env/costs.ts';
import type { CostModel } from '../env/options.ts';
import { annualised, createReturnWindow } from './return-window.ts';
import type { RewardFactory } from './reward.ts';
import { checkedSettings } from './settings.ts';
import { drawdownPenalty, sharpeBonus, turnoverPenalty, turnoverRate, turnoverTargetPerStep, volatilityPenalty } from './terms.ts';

/**
 * The eight coefficients of reward v2; in brackets the names of the published design. The two costs (`tc_bp`, `market_impact_bp`) belong to
 * the environment: by default they are `environment.costs`, and given values must equal them.
 */
export interface RewardV2Coefficients extends Pick<BasisPointCosts, 'transactionBp' | 'impactBp'> {
  /** Weight of the turnover penalty (`lambda_turnover`). */
  readonly lambdaTurnover: number;
  /** Turnover per year that is free (`target_turnover`). */
  readonly targetTurnover: number;
  /** Weight of the volatility penalty (`beta_volatility`). */
  readonly betaVolatility: number;
  /** Number of portfolio values in the risk window (`vol_lookback`); one return fewer. */
  readonly volatilityLookback: number;
  /** Weight of the Sharpe bonus (`sharpe_bonus`). */
  readonly sharpeBonus: number;
  /** Weight of the drawdown penalty (`max_dd_penalty`). */
  readonly drawdownPenalty: number;
}

export interface RewardV2Options extends Partial<RewardV2Coefficients> {
  /**
   * `step`, as published: the annualised variance and the Sharpe bonus count in full at every step (20 % volatility on
   * $100,000 costs $40 a minute at beta 0.01). `dt`: both count pro rata, divided by the bars of a year.
   */
  readonly riskTime?: 'step' | 'dt';
}

/** The published coefficients. */
export const rewardV2Defaults: RewardV2Coefficients = {
  transactionBp: 1,
  impactBp: 0.5,
  lambdaTurnover: 0.001,
  targetTurnover: 2,
  betaVolatility: 0.01,
  volatilityLookback: 50,
  sharpeBonus: 0.001,
  drawdownPenalty: 0.01,
};

const coefficient = (name: keyof RewardV2Coefficients) => z.number().default(rewardV2Defaults[name]);
const rewardV2Options = z.strictObject({
  transactionBp: coefficient('transactionBp'),
  impactBp: coefficient('impactBp'),
  lambdaTurnover: coefficient('lambdaTurnover'),
  targetTurnover: coefficient('targetTurnover'),
  betaVolatility: coefficient('betaVolatility'),
  volatilityLookback: z.int().min(1).default(rewardV2Defaults.volatilityLookback),
  sharpeBonus: coefficient('sharpeBonus'),
  drawdownPenalty: coefficient('drawdownPenalty'),
  riskTime: z.enum(['step', 'dt']).default('step'),
});

/**
 * Reward v2 of the dual-ticker design (29 July 2025):
 *
 *     gain before costs - costs - turnover penalty - volatility penalty + Sharpe bonus - drawdown penalty
 *
 * The gain is gross, so that the account's costs count once. Where the design leaves a choice open: the turnover rate divides by the NAV
 * before the trade; all other terms take the NAV after the step; the window's returns are net; the Sharpe bonus needs a full window and is
 * not annualised; the drawdown runs from the episode's peak.
 *
 * @throws AssayError `config_invalid` for an unknown coefficient or one that is no number; and when created for an environment with other
 * costs than the options give.
 */
export function rewardV2(options: RewardV2Options = {}): RewardFactory {
  const c = checkedSettings(rewardV2Options, options, 'reward');
  const usesWindow = c.betaVolatility !== 0 || c.sharpeBonus !== 0;

  return (count, { barsPerYear, costs = { transactionBp: c.transactionBp, impactBp: c.impactBp } }) => {
    checkCosts(options, costs);
    const rates = inBasisPoints(costs) ? costs : null;
    const targetRate = turnoverTargetPerStep(c.targetTurnover, barsPerYear);
    const riskTime = c.riskTime === 'dt' ? 1 / barsPerYear : 1;
    const window = createReturnWindow(count, c.volatilityLookback);
    return {
      reset: window.clear,
      state: window.state,
      ofStep: (a, copy, navBefore) => {
        const nav = a.nav[copy]!;
        const traded = a.stepTraded[copy]!;
        let reward = a.stepGain[copy]!;
        if (rates === null) reward -= a.stepCost[copy]!;
        else reward = reward - transactionCost(traded, rates.transactionBp) - (a.stepImpacted[copy]! * rates.impactBp) / 10_000;
        reward -= turnoverPenalty(c.lambdaTurnover, navBefore, turnoverRate(traded, navBefore), targetRate);
        reward -= drawdownPenalty(c.drawdownPenalty, nav, 1 - nav / a.peak[copy]!);
        if (usesWindow) {
          window.push(copy, nav / navBefore - 1);
          window.measure(copy);
          reward -= volatilityPenalty(c.betaVolatility, nav, annualised(window.deviation, barsPerYear)) * riskTime;
          if (window.isFull(copy)) reward += sharpeBonus(c.sharpeBonus, nav, window.mean, window.deviation) * riskTime;
        }
        return reward;
      },
    };
  };
}

function checkCosts(options: RewardV2Options, costs: CostModel): void {
  for (const name of ['transactionBp', 'impactBp'] as const) {
    const own = options[name];
    const charged = inBasisPoints(costs) ? costs[name] : `${costs.model} costs`;
    if (own !== undefined && own !== charged)
      throw new AssayError('config_invalid', `the reward charges ${name} ${own}, the environment ${charged}: there is one set of costs`, {
        place: `reward.${name}`,
        hint: `leave it out of the reward and set environment.costs.${name}`,
      });
  }
}
