import type { Metrics } from '../trial/trial.ts';
import type { ValidationContext } from './walk-forward.ts';

/** `look`: can be meant, but often is not. `broken`: no trial can be worth anything like this. */
export type SmokeVerdict = 'ok' | 'look' | 'broken';

/** One line of a smoke run. */
export interface SmokeCheck {
  readonly check: string;
  readonly verdict: SmokeVerdict;
  /** What was seen, in words. */
  readonly found: string;
  /** What to do about it; empty where all is well. */
  readonly advice: string;
  /** The numbers behind the words. */
  readonly facts: Metrics;
}

export type SmokeContext<Params> = Pick<ValidationContext<Params>, 'params' | 'seed' | 'signal' | 'dataset'> & {
  /** Environment steps to train for. */
  readonly steps: number;
};

/** Trains for a short time and says what is finite and what moves. Writes nothing. */
export type Smoke<Params> = (context: SmokeContext<Params>) => Promise<readonly SmokeCheck[]>;

/** What a check found wrong, the worst first: its verdict and what to do. */
export type SmokeFault = readonly [verdict: Exclude<SmokeVerdict, 'ok'>, advice: string];

/** A check and the first of its possible faults that holds; false and null stand for one that does not. */
export function smokeCheck(check: string, found: string, facts: Metrics, faults: readonly (SmokeFault | false | null)[]): SmokeCheck {
  const [verdict, advice] = faults.find((fault) => fault !== false && fault !== null) || (['ok', ''] as const);
  return { check, verdict, found, advice, facts };
}
