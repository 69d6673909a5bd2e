import { normalCdf } from '../../../core/normal.ts';
import { meanRanks } from '../../../core/ranks.ts';

/**
 * One-sided p-value of Wilcoxon's signed-rank test that differences tend to be above 0, or below. Half the rank of a zero difference
 * counts for either side. Exact for up to 50 differences without zeros (ties get mean ranks; the rank sum of the differences above 0
 * is rounded down for either tail), otherwise by the normal approximation with tie correction and without continuity correction.
 */
export function signedRankTest(differences: readonly number[], tail: 'above' | 'below'): number {
  const ranks = meanRanks(differences.map(Math.abs));
  let above = 0;
  for (const [i, difference] of differences.entries()) above += difference > 0 ? ranks[i]! : difference === 0 ? ranks[i]! / 2 : 0;
  const n = differences.length;
  const all = (n * (n + 1)) / 2;
  // The distribution is symmetric: P(sum <= above) = P(sum >= all - above).
  const sumOf = (rounded: number): number => (tail === 'above' ? rounded : all - rounded);
  if (n <= 50 && !differences.includes(0)) return upperTail(n, sumOf(Math.floor(above)));
  return normalApproximation(ranks, sumOf(above));
}

const tails = new Map<number, Float64Array>();

/** P(sum of a random half of the ranks 1..n >= sum). */
function upperTail(n: number, sum: number): number {
  const known = tails.get(n) ?? tailsOf(n);
  tails.set(n, known);
  return known[Math.max(sum, 0)] ?? 0;
}

/** For each rank sum, the share of sign patterns that reach it. */
function tailsOf(n: number): Float64Array {
  const largest = (n * (n + 1)) / 2;
  // First the share of sign patterns with exactly this rank sum, built one rank at a time.
  const share = new Float64Array(largest + 1);
  share[0] = 1;
  for (let rank = 1; rank <= n; rank++) for (let s = largest; s >= 0; s--) share[s] = (share[s]! + (s >= rank ? share[s - rank]! : 0)) / 2;
  for (let s = largest - 1; s >= 0; s--) share[s]! += share[s + 1]!;
  return share;
}

function normalApproximation(ranks: Float64Array, above: number): number {
  const n = ranks.length;
  const counts = new Map<number, number>();
  for (const rank of ranks) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  let ties = 0;
  for (const count of counts.values()) ties += count * (count * count - 1);
  const deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - ties / 2) / 24);
  return normalCdf(-(above - (n * (n + 1)) / 4) / deviation);
}
