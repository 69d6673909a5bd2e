import type { EdfChart } from '../routes/charts/edf.ts';
import { drawn, valuesAt } from './numbers.ts';
import { withFigure } from './select.ts';

/** Steps of one study. */
const mostSteps = 200;

type Steps = Pick<EdfChart['items'][number], 'total' | 'used' | 'value' | 'share'>;

/** Empirical distribution of the values: the share of the trials with at most each of some values, with the lowest and the highest. */
export function edf(trials: Int32Array, figure: Float64Array): Steps {
  const used = withFigure(trials, figure);
  const sorted = valuesAt(figure, used).sort();
  const n = sorted.length;
  const steps = Math.min(n, mostSteps);
  const places = new Set<number>();
  // The last of equal values has the share of all of them.
  for (let k = 0; k < steps; k++) places.add(lastEqual(sorted, steps === n ? k : Math.round((k * (n - 1)) / (steps - 1))));
  const kept = [...places];
  return {
    total: trials.length,
    used: n,
    value: drawn(kept.map((place) => sorted[place]!)),
    share: kept.map((place) => Number(((place + 1) / n).toPrecision(6))),
  };
}

/** Place of the last value that equals that at `place`. */
function lastEqual(sorted: Float64Array, place: number): number {
  const value = sorted[place]!;
  let [from, to] = [place, sorted.length - 1];
  while (from < to) {
    const middle = (from + to + 1) >> 1;
    if (sorted[middle] === value) from = middle;
    else to = middle - 1;
  }
  return from;
}
