/** A pruner of your own: stops a trial that is worse than each of at least four complete ones was at the same step. */
import type { Pruner } from 'assay';

export const worstSoFar: Pruner = {
  id: 'worst-so-far',
  decide: (self, peers, direction) => {
    if (self.steps.length === 0) return { prune: false };
    // Reports may come in any order.
    const step = Math.max(...self.steps);
    const value = self.values[self.steps.indexOf(step)]!;
    if (Number.isNaN(value)) return { prune: true, reason: `value NaN at step ${step}` };
    const others = peers.flatMap(({ state, steps, values }) =>
      state === 'complete' && steps.includes(step) ? [values[steps.indexOf(step)]!] : [],
    );
    const isWorst = others.every((other) => (direction === 'minimize' ? value > other : value < other));
    if (others.length < 4 || !isWorst) return { prune: false };
    return { prune: true, reason: `value ${value} at step ${step} is the worst of ${others.length + 1} trials` };
  },
};
