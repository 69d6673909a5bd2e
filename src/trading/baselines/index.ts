import type { AccountPolicy } from '../env/backtest.ts';
import type { Market, SessionParts } from '../env/market.ts';
import type { EnvironmentConfig } from '../env/options.ts';
import { linearRule } from './linear-rule.ts';

/** A policy of one account that needs no search; it may be fitted on the training sessions only. */
export type Baseline = (market: Market, train: SessionParts, config: EnvironmentConfig) => AccountPolicy | Promise<AccountPolicy>;

/** Never trades: returns exactly 0. */
const flat: Baseline = () => (_, actions) => void actions.fill(0);

/** Position that `hold` buys: less than a full one, so that it can drift up within the session without being cut back. */
const holdAction = 0.95;

/**
 * Equal weights bought at each session's first decision and held to its close, as the session rule allows. The wanted weight is the drifted
 * position at the close, so nothing is traded to restore the weights; filled at the next open, it still trades the small move of the price
 * between the two.
 */
const hold: Baseline = (market) => {
  const stride = market.featuresPerAsset + 1;
  return (observation, action) => {
    for (let k = 0; k < action.length; k++) {
      const held = observation[k * stride + stride - 1]!;
      action[k] = held === 0 ? holdAction : Math.min(1, held);
    }
  };
};

/** Baselines shown beside every model, evaluated on the same folds under the same costs. */
export const baselines: Readonly<Record<string, Baseline>> = { flat, hold, linear: linearRule };
