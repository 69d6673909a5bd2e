import { choice, float, type Infer, int, loadTradingConfig, tradingTask } from 'assay';
import { rewardOf } from './reward.ts';

/** What every size of the study searches: the network's and the agent's settings, and the coefficients of the reward and its shaping. */
export const space = {
  layers: int(1, 4),
  width: choice([16, 32]),
  stateWidth: choice([8, 16]),
  lr: float(1e-4, 3e-3, { log: true }),
  /** 1 - gamma. */
  discount: float(0.01, 0.5, { log: true }),
  tau: float(0.003, 0.05, { log: true }),
  batch: choice([32, 64, 128]),
  lambda: float(1e-8, 1e-2, { log: true }),
  beta: float(1e-8, 1e-1, { log: true }),
  sharpeBonus: float(1e-8, 1e-3, { log: true }),
  drawdownPenalty: float(1e-5, 1e-1, { log: true }),
  winBonus: float(1e-3, 0.3, { log: true }),
  lossPenalty: float(1e-3, 0.6, { log: true }),
  holdDiscipline: float(1e-7, 1e-3, { log: true }),
};

/** The same task on other data or at another size; `file` lies under configs/. */
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
    reward: ({ winBonus, lossPenalty, holdDiscipline, ...coefficients }) => ({
      ...rewardOf(coefficients),
      shaping: { winBonus, lossPenalty, holdDiscipline },
    }),
  });
}
