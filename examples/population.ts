import { defineStudy, float, pbt } from 'assay';

/**
 * The best rate falls while the model trains, so no fixed rate is good. Population-based training lets trials that fall
 * behind end, and continues from the checkpoints of the best with a changed rate.
 */
export default defineStudy({
  name: 'population',
  direction: 'minimize',
  space: { rate: float(0.001, 1, { log: true }) },
  sampler: pbt({ population: 4, interval: 5 }),
  budget: { trials: 16 },
  objective: async ({ params, report, checkpoint, resumeFrom }) => {
    let step = resumeFrom?.step ?? 0;
    let loss = resumeFrom === null ? 1 : Number(new TextDecoder().decode(resumeFrom.bytes));
    while (step < 30) {
      step += 1;
      const bestRate = 0.5 * 0.9 ** step;
      loss *= 0.8 + 0.3 * Math.min(Math.abs(Math.log(params.rate / bestRate)), 1);
      await checkpoint(step, new TextEncoder().encode(String(loss)));
      await report(step, loss);
    }
    return loss;
  },
});
