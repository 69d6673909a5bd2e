import { createProbe, type Probe } from '../probe.ts';
import type { Trend } from '../trend.ts';
import type { EarlierModel } from './earlier-model.ts';

/** Returns the weighted sum of what earlier studies expect, less a constant. */
export function warmTrend(models: readonly EarlierModel[], factors: readonly number[], offset: number): Trend {
  const parts = models.flatMap(({ process, seen }, i): readonly Part[] =>
    factors[i] === 0 ? [] : [{ probe: createProbe(process), seen, factor: factors[i]!, mean: process.mean, weights: process.weights }],
  );
  return {
    at: (point) =>
      parts.reduce((sum, { probe, seen, factor, mean, weights }) => {
        probe.moveTo(seen(point), false);
        return sum + factor * (mean + probe.weighed(weights));
      }, -offset),
    gradientAt: (point) => {
      const gradient = new Float64Array(point.length);
      for (const { probe, seen, factor, weights } of parts) {
        const at = seen(point);
        probe.moveTo(at, true);
        const own = probe.weighedGradient(weights);
        // A parameter that the earlier study did not have changes nothing.
        for (let j = 0; j < own.length; j++) if (at[j] === point[j]) gradient[j]! += factor * own[j]!;
      }
      return gradient;
    },
  };
}

interface Part {
  readonly probe: Probe;
  readonly seen: EarlierModel['seen'];
  readonly factor: number;
  readonly mean: number;
  readonly weights: Float64Array;
}
