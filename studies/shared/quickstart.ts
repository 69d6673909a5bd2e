import { float, type Infer, loadTradingConfig, tradingTask } from 'assay';
import { rewardOf } from './reward.ts';

/** What both quickstart studies search: the reward's coefficients and how fast the agent learns. */
export const space = {
  lr: float(5e-4, 2e-3, { log: true }),
  /** 1 - gamma. */
  discount: float(0.02, 0.3, { log: true }),
  tau: float(0.005, 0.03, { log: true }),
  targetEntropy: float(-2.5, -0.5),
  lambda: float(1e-4, 5e-3, { log: true }),
  beta: float(1e-8, 1e-4, { log: true }),
  sharpeBonus: float(1e-8, 1e-5, { log: true }),
  drawdownPenalty: float(1e-5, 1e-3, { log: true }),
};

/** The same task on either market; `file` lies under configs/. */
export function quickstartTask(file: string) {
  const config = loadTradingConfig(new URL(`../../configs/${file}`, import.meta.url));
  return tradingTask<Infer<typeof space>>({
    ...config,
    agent: ({ lr, discount, tau, targetEntropy }) => ({ ...config.agent, learningRate: lr, gamma: 1 - discount, tau, targetEntropy }),
    reward: rewardOf,
  });
}
