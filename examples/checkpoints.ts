import { defineStudy, float } from 'assay';

/**
 * Gradient descent on a parabola that saves its state every tenth step. Kill `assay run` with -9 and start it again: a
 * trial goes on from its last checkpoint, under the same number and with the same curve.
 */
export default defineStudy({
  name: 'checkpoints',
  direction: 'minimize',
  space: { rate: float(0.01, 1, { log: true }) },
  budget: { trials: 10 },
  objective: async ({ params, report, checkpoint, resumeFrom, signal }) => {
    const saved = resumeFrom === null ? { step: 0, x: 5 } : JSON.parse(new TextDecoder().decode(resumeFrom.bytes));
    let { x } = saved as { readonly x: number };
    for (let step = saved.step + 1; step <= 50; step++) {
      x -= params.rate * 2 * x;
      await report(step, x * x);
      // The signal is aborted when the trial is to stop: the time to save where it stands.
      if (step % 10 === 0 || signal.aborted) await checkpoint(step, new TextEncoder().encode(JSON.stringify({ step, x })));
    }
    return x * x;
  },
});
