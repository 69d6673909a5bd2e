import type { StateArray } from '../env/env-state.ts';

/**
 * The last returns of `count` portfolios, for the risk terms of a reward. `lookback` counts portfolio values, so the window holds lookback
 * - 1 returns; fewer early in an episode, none at its start.
 */
export interface ReturnWindow {
  readonly clear: (copy: number) => void;
  readonly push: (copy: number, stepReturn: number) => void;
  /** Computes `mean` and `deviation` (population) of one copy. Both are 0 while the window is empty. */
  readonly measure: (copy: number) => void;
  readonly isFull: (copy: number) => boolean;
  /** Not copied: see `Reward.state`. */
  readonly state: Readonly<Record<string, StateArray>>;
  mean: number;
  deviation: number;
}

export function createReturnWindow(count: number, lookback: number): ReturnWindow {
  const size = Math.max(1, lookback - 1);
  const returns = new Float64Array(count * size);
  const filled = new Int32Array(count);
  const next = new Int32Array(count);

  const measure = (copy: number): void => {
    const n = filled[copy]!;
    const first = copy * size;
    let sum = 0;
    for (let j = first; j < first + n; j++) sum += returns[j]!;
    const mean = n === 0 ? 0 : sum / n;
    let squares = 0;
    for (let j = first; j < first + n; j++) squares += (returns[j]! - mean) ** 2;
    window.mean = mean;
    window.deviation = n === 0 ? 0 : Math.sqrt(squares / n);
  };

  const window: ReturnWindow = {
    clear: (copy) => {
      filled[copy] = 0;
      next[copy] = 0;
    },
    push: (copy, stepReturn) => {
      const slot = next[copy]!;
      returns[copy * size + slot] = stepReturn;
      next[copy] = slot + 1 === size ? 0 : slot + 1;
      if (filled[copy]! < size) filled[copy]!++;
    },
    measure,
    isFull: (copy) => filled[copy] === size,
    state: { returns, filled, next },
    mean: 0,
    deviation: 0,
  };
  return window;
}

/** Converts a deviation of a bar's returns to annual volatility: for minutes of US equities times sqrt(98,280) = 313.4964. */
export function annualised(deviation: number, barsPerYear: number): number {
  return deviation * Math.sqrt(barsPerYear);
}
