import type { Recommendation } from './recommend.ts';

/**
 * Says what was seen of a configuration and what is expected of it: `observed 1.55, expected again 1.31 +- 0.2; one trial varies by 0.3`.
 * @param isGuess true where the trials cannot tell noise from the effect of the parameters
 */
export function recommendationInWords({ trials, observed, expected }: Omit<Recommendation, 'inWords'>, isGuess: boolean): string {
  const n = trials.length;
  const seen = `observed ${rounded(observed, 3)}${n > 1 ? ` (mean of ${n} trials)` : ''}`;
  if (expected === null) return `${seen}; too few trials to say what it would bring again`;
  const { value, low, high, noise } = expected;
  const half = high / 2 - low / 2;
  const size = Math.max(Math.abs(value), Math.abs(observed));
  const again = `${seen}, expected again ${rounded(value, 3)} +- ${rounded(half, 2)}`;
  if (isGuess) return `${again} at least: too few trials, none repeated, to tell luck from the parameters`;
  const varies = noise > 1e-3 * size ? `; one trial varies by ${rounded(noise, 2)}` : '';
  return `${again}${varies}`;
}

function rounded(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}
