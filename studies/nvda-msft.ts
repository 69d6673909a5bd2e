import { auto, choice, defineStudy, float, type Infer, loadTradingConfig, median, tradingTask } from 'assay';
import { rewardOf } from './shared/reward.ts';

const config = loadTradingConfig(new URL('../configs/nvda-msft.yaml', import.meta.url));

const space = {
  lambda: float(1e-4, 1e-1, { log: true }),
  beta: float(1e-8, 1e-1, { log: true }),
  sharpeBonus: float(1e-8, 1e-3, { log: true }),
  drawdownPenalty: float(1e-5, 1e-1, { log: true }),
  lr: float(3e-4, 3e-3, { log: true }),
  discount: float(0.01, 0.5, { log: true }),
  tau: float(0.003, 0.03, { log: true }),
  width: choice([32, 64, 128]),
};

/** Real one-minute bars: reward coefficients, learning rate, discount (as 1 - gamma), target network's speed, width. */
export default defineStudy({
  name: 'nvda-msft',
  direction: 'maximize',
  space,
  sampler: auto(),
  pruner: median(),
  budget: { trials: 40 },
  seed: 1,
  ...tradingTask<Infer<typeof space>>({
    ...config,
    agent: ({ lr, discount, tau, width }) => ({ ...config.agent, learningRate: lr, gamma: 1 - discount, tau, hidden: [width, width] }),
    reward: rewardOf,
  }),
});
