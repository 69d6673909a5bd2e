import { defineStudy, float } from 'assay';

/**
 * Return against risk of a portfolio of two assets with a cash part. A constraint is met at 0 and below: here the
 * leverage may be 1 at most. `assay best two-objectives` prints the Pareto set.
 */
export default defineStudy({
  name: 'two-objectives',
  objectives: { return: 'maximize', risk: 'minimize' },
  space: { stocks: float(0, 1.5), bonds: float(0, 1.5) },
  budget: { trials: 40 },
  objective: async ({ params: { stocks, bonds } }) => ({
    values: { return: 0.07 * stocks + 0.03 * bonds, risk: Math.hypot(0.18 * stocks, 0.06 * bonds) },
    constraints: [stocks + bonds - 1],
  }),
});
