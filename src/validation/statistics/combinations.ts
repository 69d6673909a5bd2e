/** Binomial coefficient: the number of ways to choose k of n. Exact up to 2^53. */
export function choose(n: number, k: number): number {
  let ways = 1;
  // Each intermediate product is itself a binomial coefficient, so every division is exact.
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = (ways * (n - i + 1)) / i;
  return k < 0 || k > n ? 0 : ways;
}

/** All ascending choices of k numbers below n in lexicographic order: 2 of 3 gives [0, 1], [0, 2], [1, 2]. */
export function combinations(n: number, k: number): readonly (readonly number[])[] {
  const all: number[][] = [];
  const chosen: number[] = [];
  const extend = (from: number): void => {
    if (chosen.length === k) {
      all.push([...chosen]);
      return;
    }
    for (let i = from; i <= n - (k - chosen.length); i++) {
      chosen.push(i);
      extend(i + 1);
      chosen.pop();
    }
  };
  extend(0);
  return all;
}
