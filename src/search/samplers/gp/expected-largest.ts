import { logNormalPdf, normalCdf } from '../../../core/normal.ts';

/**
 * Returns E[max_i (means_i + slopes_i Z)] - max_i means_i for a standard normal Z, exactly: what one observation is expected to add to the best
 * posterior mean (the knowledge gradient, Frazier, Powell and Dayanik 2009, "The knowledge-gradient policy for correlated normal beliefs",
 * algorithm 1). Never negative.
 */
export function expectedLargestGain(means: Float64Array, slopes: Float64Array): number {
  const order = Array.from(means, (_, i) => i).sort((a, b) => slopes[a]! - slopes[b]! || means[a]! - means[b]!);
  // The upper envelope of the lines, with the place from which each one is the largest.
  const lines: number[] = [];
  const starts: number[] = [];
  for (const line of order) {
    if (lines.length > 0 && slopes[lines.at(-1)!]! === slopes[line]!) {
      lines.pop();
      starts.pop();
    }
    let start = Number.NEGATIVE_INFINITY;
    while (lines.length > 0) {
      const last = lines.at(-1)!;
      start = (means[last]! - means[line]!) / (slopes[line]! - slopes[last]!);
      if (start > starts.at(-1)!) break;
      lines.pop();
      starts.pop();
      start = Number.NEGATIVE_INFINITY;
    }
    lines.push(line);
    starts.push(start);
  }
  // At each change of the largest line the slope grows: E[max] - max(means) is the sum of what the kinks beyond 0 add.
  let gain = 0;
  for (let k = 1; k < lines.length; k++) {
    const change = slopes[lines[k]!]! - slopes[lines[k - 1]!]!;
    const away = -Math.abs(starts[k]!);
    gain += change * (Math.exp(logNormalPdf(away)) + away * normalCdf(away));
  }
  return Math.max(gain, 0);
}
