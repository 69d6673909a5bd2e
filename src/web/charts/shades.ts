/** Number of shades that can be told apart; values cannot be read from more. */
const shadeCount = 9;

/** A colour at one of a few strengths over the paper of a panel: lightness changes one way only. @param share from 0 to 1 */
export function shadeInk(colour: string, share: number): string {
  const step = Math.min(shadeCount - 1, Math.max(0, Math.floor(share * shadeCount)));
  return `color-mix(in srgb, ${colour} ${Math.round(8 + (92 * step) / (shadeCount - 1))}%, var(--raised))`;
}

/** Where each value lies between the 5th and the 95th percentile, from 0 to 1: a few extremes must not take all shades. NaN: NaN. */
export function sharesOf(values: readonly number[]): { readonly shares: readonly number[]; readonly low: number; readonly high: number } {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  const [low, high] = [at(0.05), at(0.95)];
  const shares = values.map((x) => {
    if (Number.isNaN(x)) return Number.NaN;
    return high > low ? Math.min(1, Math.max(0, (x - low) / (high - low))) : 0.5;
  });
  return { shares, low, high };
}
