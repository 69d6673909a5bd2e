import { defineStudy, float, nop } from 'assay';
import { startWalk } from '../fixtures/random-walk.ts';

export const steps = 12;

/** Their own code ends their thread, each time: they fail, and nothing else does. */
export const endsItsThread = (number: number): boolean => number % 25 === 7;

/** Short trials that report each step, keep a checkpoint of a few kilobytes every third, and can be told from a broken one by every bit. */
export default defineStudy({
  name: 'chaos',
  direction: 'minimize',
  space: { x: float(0, 1) },
  pruner: nop(),
  maxAttempts: 10_000,
  objective: async ({ number, params: { x }, seed, report, checkpoint, resumeFrom, signal }) => {
    const walk = startWalk(seed, x, resumeFrom?.bytes ?? null);
    for (let step = (resumeFrom?.step ?? 0) + 1; step <= steps; step++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      walk.step();
      await report(step, walk.at());
      if (step === 4 && endsItsThread(number)) process.exit(3);
      if (step % 3 === 0 || signal.aborted) await checkpoint(step, [walk.save(), Buffer.alloc(20_000, ' ')]);
      signal.throwIfAborted();
    }
    return walk.at();
  },
});
