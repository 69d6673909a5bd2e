export interface Histogram {
  readonly x0: number[];
  readonly x1: number[];
  readonly n: number[];
}

/** Finite values in `bins` bins of equal width; the last one includes its end. One bin where all are equal, none where there are none. */
export function histogramOf(values: ArrayLike<number>, bins: number): Histogram {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0) return { x0: [], x1: [], n: [] };
  const [low, high] = [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))];
  const edges = Array.from({ length: low === high ? 2 : bins + 1 }, (_, i) => (low === high ? low : low + ((high - low) * i) / bins));
  return countIn(finite, edges);
}

/** Counts of values between ascending edges; the last bin includes its end. */
export function countIn(values: readonly number[], edges: readonly number[]): Histogram {
  const last = edges.length - 2;
  const n = new Array<number>(last + 1).fill(0);
  for (const value of values) {
    let bin = last;
    while (bin > 0 && value < edges[bin]!) bin -= 1;
    n[bin]! += 1;
  }
  return { x0: edges.slice(0, -1), x1: edges.slice(1), n };
}
