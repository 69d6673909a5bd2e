import type { FeatureMatrix } from './feature-set.ts';

/** What a feature looks like after the warm-up. */
export interface FeatureSummary {
  readonly feature: string;
  readonly mean: number;
  /** Population deviation. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
  /** Share of rows that are exactly 0. */
  readonly zeros: number;
}

/** One summary per column; NaN where no row follows the warm-up. */
export function summaryOf({ names, rows, width, values, warmUpBars }: FeatureMatrix): readonly FeatureSummary[] {
  return names.map((feature, column) => {
    const of = Float64Array.from({ length: rows - warmUpBars }, (_, i) => values[(warmUpBars + i) * width + column]!);
    const mean = of.reduce((sum, x) => sum + x, 0) / of.length;
    return {
      feature,
      mean,
      sd: Math.sqrt(of.reduce((sum, x) => sum + (x - mean) ** 2, 0) / of.length),
      min: of.reduce((least, x) => Math.min(least, x), Number.POSITIVE_INFINITY),
      max: of.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY),
      zeros: of.filter((x) => x === 0).length / of.length,
    };
  });
}
