const shortestMs = 1000;
const longestMs = 60_000;
const jitterMs = 1000;

/**
 * Milliseconds to wait before a feed is connected again: 1 s doubling to 60 s, and up to 1 s more so that clients of one gateway do not all
 * come back at once.
 * @param failures attempts that failed before this one, 0 at first.
 * @param uniform a random number between 0 and 1.
 */
export function backoffMs(failures: number, uniform: number): number {
  return Math.min(longestMs, shortestMs * 2 ** Math.min(failures, 16)) + uniform * jitterMs;
}
