import { defineStudy, float, nop } from 'assay';
import { createRng, type RngState, restoreRng } from '../../src/core/rng.ts';

export const steps = 12;

/** Their own code ends their thread, each time: they fail, and nothing else does. */
export const endsItsThread = (number: number): boolean => number % 25 === 7;

/** What an unbroken trial reports. */
export function walkOf(seed: number, x: number): readonly number[] {
  const rng = createRng(seed);
  let sum = x;
  return Array.from({ length: steps }, () => (sum += rng.normal()));
}

interface State {
  readonly sum: number;
  readonly rng: RngState;
}

/** Short trials that report each step, keep a checkpoint of a few kilobytes every third, and can be told from a broken one by every bit. */
export default defineStudy({
  name: 'chaos',
  direction: 'minimize',
  space: { x: float(0, 1) },
  pruner: nop(),
  maxAttempts: 10_000,
  objective: async ({ number, params: { x }, seed, report, checkpoint, resumeFrom, signal }) => {
    const saved = resumeFrom === null ? null : (JSON.parse(Buffer.from(resumeFrom.bytes).toString()) as State);
    const rng = saved === null ? createRng(seed) : restoreRng(saved.rng);
    let sum = saved?.sum ?? x;
    for (let step = (resumeFrom?.step ?? 0) + 1; step <= steps; step++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      sum += rng.normal();
      await report(step, sum);
      if (step === 4 && endsItsThread(number)) process.exit(3);
      if (step % 3 === 0 || signal.aborted)
        await checkpoint(step, [Buffer.from(JSON.stringify({ sum, rng: rng.state() } satisfies State)), Buffer.alloc(20_000, ' ')]);
      signal.throwIfAborted();
    }
    return sum;
  },
});
