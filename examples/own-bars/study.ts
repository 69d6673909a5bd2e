import { defineStudy, float, type Infer, loadTradingConfig, tradingTask } from 'assay';

const config = loadTradingConfig(new URL('./study.yaml', import.meta.url));

const space = {
  lr: float(3e-4, 3e-3, { log: true }),
  lambda: float(1e-4, 1e-1, { log: true }),
};

/** A small soft actor-critic agent on the two imported symbols: its learning rate and the reward's turnover penalty are searched. */
export default defineStudy({
  name: 'own-bars',
  direction: 'maximize',
  space,
  budget: { trials: 4 },
  seed: 1,
  ...tradingTask<Infer<typeof space>>({
    ...config,
    agent: ({ lr }) => ({ ...config.agent, learningRate: lr }),
    reward: ({ lambda }) => ({ lambdaTurnover: lambda, betaVolatility: 1e-6, sharpeBonus: 1e-6, drawdownPenalty: 1e-3 }),
  }),
});
