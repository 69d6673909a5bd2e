import { float, type Infer, int, loadTradingConfig, tradingTask } from 'assay';
import { rewardOf } from './reward.ts';

/** What both sizes of the study search: the network's and the agent's settings, and the reward's coefficients. */
export const space = {
  lr: float(1e-4, 3e-3, { log: true }),
  /** 1 - gamma. */
  discount: float(0.005, 0.3, { log: true }),
  advantageDecay: float(0.8, 0.98),
  entropy: float(1e-4, 3e-2, { log: true }),
  clip: float(0.1, 0.3),
  layers: int(1, 3),
  lambda: float(1e-4, 1e-1, { log: true }),
  beta: float(1e-8, 1e-1, { log: true }),
  sharpeBonus: float(1e-8, 1e-3, { log: true }),
  drawdownPenalty: float(1e-5, 1e-1, { log: true }),
};

/** The same task at either size; `file` lies under configs/. */
export function dualTickerTask(file: string) {
  const config = loadTradingConfig(new URL(`../../configs/${file}`, import.meta.url), 'recurrent-ppo');
  return tradingTask<Infer<typeof space>>({
    ...config,
    agent: ({ lr, discount, advantageDecay, entropy, clip, layers }) => ({
      ...config.agent,
      learningRate: lr,
      gamma: 1 - discount,
      lambda: advantageDecay,
      entropyWeight: entropy,
      clip,
      encoderLayers: layers,
    }),
    reward: rewardOf,
  });
}
