import { dayMs } from '../../market/local-time.ts';
import type { Memory } from '../memory.ts';
import { roundingShare } from '../zscore.ts';

/** Sessions that a minute is compared over, and the fewest. */
const [sessions, fewest] = [20, 5];

/**
 * Deviation of a value from the mean of the same minute of the last 20 sessions, its own included, in population standard deviations: what is
 * unusual for the time of day. 0 for a minute that has fewer than 5 sessions, or the same value in all of them.
 */
export class MinuteZscore {
  readonly #barMs: number;
  /** 20 values of each minute of a day. */
  readonly #values: Float64Array;
  /** How many values each minute has had. */
  readonly #counts: Float64Array;

  constructor(memory: Memory, barMs: number) {
    this.#barMs = barMs;
    const steps = Math.ceil(dayMs / barMs) + 1;
    this.#values = memory.numbers(sessions * steps);
    this.#counts = memory.numbers(steps);
  }

  /** @param elapsedMs since the session's open. */
  next(value: number, elapsedMs: number): number {
    const step = Math.floor(elapsedMs / this.#barMs);
    const [from, had] = [step * sessions, this.#counts[step]!];
    this.#values[from + (had % sessions)] = value;
    this.#counts[step] = had + 1;
    const n = Math.min(had + 1, sessions);
    if (n < fewest) return 0;
    let sum = 0;
    for (let i = from; i < from + n; i++) sum += this.#values[i]!;
    const mean = sum / n;
    let squares = 0;
    for (let i = from; i < from + n; i++) squares += (this.#values[i]! - mean) ** 2;
    const deviation = Math.sqrt(squares / n);
    return deviation <= roundingShare * Math.max(1, Math.abs(mean)) ? 0 : (value - mean) / deviation;
  }
}
