/** Probability that at least `least` of `count` independent draws hit, each with this probability: the upper tail of the binomial distribution. */
export function tailOf(least: number, count: number, probability: number): number {
  const odds = Math.log(probability / (1 - probability));
  // Of exactly k hits, from 0 upwards; logarithms, because the first may be too small for a number.
  let ofExactly = count * Math.log1p(-probability);
  let below = 0;
  for (let k = 0; k < Math.round(least); k++) {
    below += Math.exp(ofExactly);
    ofExactly += Math.log((count - k) / (k + 1)) + odds;
  }
  return Math.max(0, 1 - below);
}
