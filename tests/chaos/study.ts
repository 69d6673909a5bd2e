import { defineStudy, float, nop } from 'assay';
import { walkOf } from '../fixtures/random-walk.ts';
import type { Ended, Result } from './invariants.ts';
import { steps, walkThrough } from './walk-through.ts';

/** Their own code ends their thread, each time: they fail, and nothing else does. */
export const endsItsThread = (number: number): boolean => number % 25 === 7;

export default defineStudy({
  name: 'chaos',
  direction: 'minimize',
  space: { x: float(0, 1) },
  pruner: nop(),
  maxAttempts: 10_000,
  objective: (context) =>
    walkThrough(context, {
      after: (step) => {
        if (step === 4 && endsItsThread(context.number)) process.exit(3);
      },
    }),
});

/** What an unbroken trial gives. */
export function unbroken({ number, seed, x }: Ended): Result {
  const walk = walkOf(seed, x, steps);
  return endsItsThread(number)
    ? { state: 'failed', value: null, code: 'thread_died', curve: walk.slice(0, 4) }
    : { state: 'complete', value: walk.at(-1)!, code: null, curve: walk };
}
