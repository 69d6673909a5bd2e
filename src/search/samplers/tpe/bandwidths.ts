import type { TpeOptions } from './options.ts';

/**
 * Kernel widths: for each observation the larger of the gaps to its neighbours (the range's ends are neighbours of the
 * outermost ones if there is only one observation or `endpoints` asks for it), clipped.
 * @param mus observations in trial order.
 */
export function bandwidths(
  mus: Float64Array,
  low: number,
  high: number,
  { magicClip, endpoints }: Pick<TpeOptions, 'magicClip' | 'endpoints'>,
): Float64Array {
  const n = mus.length;
  const range = high - low;
  const narrowest = magicClip ? range / Math.min(100, n + 2) : 1e-12;
  const sorted = mus.slice().sort();
  const widths = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const left = sorted[i]! - (i === 0 ? low : sorted[i - 1]!);
    const right = (i === n - 1 ? high : sorted[i + 1]!) - sorted[i]!;
    const onlyRight = i === 0 && n > 1 && !endpoints;
    const onlyLeft = i === n - 1 && n > 1 && !endpoints;
    const width = onlyRight ? right : onlyLeft ? left : Math.max(left, right);
    widths[i] = Math.min(Math.max(width, narrowest), range);
  }
  return inTrialOrder(mus, sorted, widths);
}

/** Undo the sort: equal observations take the widths of their places in turn, as a stable sort would have it. */
function inTrialOrder(mus: Float64Array, sorted: Float64Array, widths: Float64Array): Float64Array {
  const taken = new Int32Array(mus.length);
  return mus.map((mu) => {
    const first = lowerBound(sorted, mu);
    return widths[first + taken[first]!++]!;
  });
}

function lowerBound(sorted: Float64Array, value: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < value) from = middle + 1;
    else to = middle;
  }
  return from;
}
