import { defineStudy, float, successiveHalving } from 'assay';
import { walkOf } from '../fixtures/random-walk.ts';
import type { Ended, Result } from './invariants.ts';
import { steps, walkThrough } from './walk-through.ts';

const rungs = [2, 4, 8];

/** Each is worse than those before it by more than any walk: it waits at the first rung until enough worse ones have come. */
const lift = (number: number): number => 100 * number;

export default defineStudy({
  name: 'promoting',
  direction: 'minimize',
  space: { x: float(0, 1) },
  pruner: successiveHalving({ minResource: rungs[0]!, reductionFactor: 2, promote: true }),
  maxAttempts: 10_000,
  objective: (context) => walkThrough(context, { lift: lift(context.number) }),
});

/** What an unbroken trial gives: a whole walk, or one that ends at a rung. */
export function unbroken({ number, seed, x, state, atStep }: Ended): Result {
  const walk = walkOf(seed, x, steps).map((value) => lift(number) + value);
  return state === 'pruned' && rungs.includes(atStep ?? 0)
    ? { state, value: null, code: null, curve: walk.slice(0, atStep!) }
    : { state: 'complete', value: walk.at(-1)!, code: null, curve: walk };
}
