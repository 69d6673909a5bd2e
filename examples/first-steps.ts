import { branch, defineStudy, float, int, median } from 'assay';

/** A loss that falls while it trains; the learning rate and, under adam, beta decide how far. */
export default defineStudy({
  name: 'first-steps',
  direction: 'minimize',
  space: {
    lr: float(1e-5, 1e-1, { log: true }),
    layers: int(1, 4),
    optimizer: branch({ adam: { beta: float(0.8, 0.999) }, sgd: {} }),
  },
  pruner: median(),
  budget: { trials: 50 },
  objective: async ({ params, report }) => {
    let loss = 10;
    for (let step = 1; step <= 20; step++) {
      loss = (Math.log10(params.lr) + 3) ** 2 + params.layers / 10 + 5 / step;
      if (params.optimizer.name === 'adam') loss += (params.optimizer.beta - 0.9) ** 2; // typed: beta exists only here
      await report(step, loss); // throws when the pruner stops the trial
    }
    return loss;
  },
});
