import { choice, float, type Infer, int, loadTradingConfig, tradingTask } from 'assay';
import { rewardOf } from './reward.ts';

/** What both sizes of the study search: the network's and the agent's settings, and the reward's coefficients. */
export const space = {
  layers: int(1, 4),
  width: choice([16, 32]),
  stateWidth: choice([8, 16]),
  lr: float(1e-4, 3e-3, { log: true }),
  /** 1 - gamma. */
  discount: float(0.01, 0.5, { log: true }),
  tau: float(0.003, 0.05, { log: true }),
  batch: choice([32, 64, 128]),
  lambda: float(1e-4, 1e-1, { log: true }),
  beta: float(1e-8, 1e-1, { log: true }),
  sharpeBonus: float(1e-8, 1e-3, { log: true }),
  drawdownPenalty: float(1e-5, 1e-1, { log: true }),
};

/** The same task at either size; `file` lies under configs/. */
export function phoenixTask(file: string) {
  const config = loadTradingConfig(new URL(`../../configs/${file}`, import.meta.url));
  return tradingTask<Infer<typeof space>>({
    ...config,
    agent: ({ layers, width, stateWidth, lr, discount, tau, batch }) => ({
      ...config.agent,
      memoryLayers: layers,
      memoryWidth: width,
      stateWidth,
      learningRate: lr,
      gamma: 1 - discount,
      tau,
      batchSize: batch,
    }),
    reward: rewardOf,
  });
}
