import { normalCdf, normalQuantile } from '../../../core/normal.ts';
import type { Axis } from '../gp/coordinates.ts';
import { cellAt } from './cells.ts';
import { type Distribution, deviation } from './distribution.ts';

/**
 * CMA-ES with margin (Hamano, Saito, Nomura and Shirakawa 2022, arXiv:2205.13482): a stepped parameter whose distribution is narrower
 * than a step would never change again, so mean and width are shifted until each of the neighbouring values has a probability of at least
 * half the margin, 1 / (dimensions * population).
 */
export function withMargin(from: Distribution, axes: readonly Axis[]): Distribution {
  const { dimension, population } = from.strategy;
  const margin = 1 / (dimension * population);
  const mean = from.mean.slice();
  const margins = from.margins.slice();
  axes.forEach((axis, i) => {
    const cell = cellAt(axis, mean[i]!);
    if (cell === null) return;
    const spread = deviation(from, i);
    const { lower, upper } = cell;
    if (Number.isFinite(lower) && Number.isFinite(upper)) {
      const [below, above] = neighbours(normalCdf((lower - mean[i]!) / spread), normalCdf((mean[i]! - upper) / spread), margin);
      const left = -normalQuantile(below);
      const right = -normalQuantile(above);
      mean[i] = (lower * right + upper * left) / (left + right);
      margins[i]! *= (upper - lower) / (left + right) / spread;
      return;
    }
    // At an end of the range there is one neighbour: the mean is kept near its border.
    const reach = -normalQuantile(margin) * spread;
    mean[i] = Number.isFinite(lower) ? Math.min(mean[i]!, lower + reach) : Math.max(mean[i]!, upper - reach);
  });
  return { ...from, mean, margins };
}

/** Raises the probabilities of lying below and above the mean's cell so that both, and the cell itself, have at least half the margin. */
function neighbours(below: number, above: number, margin: number): readonly [number, number] {
  const within = 1 - below - above;
  const least = margin / 2;
  const low = Math.max(below, least);
  const high = Math.max(above, least);
  const excess = (1 - low - high - within) / (low + high + within - 3 * least);
  const settle = (p: number): number => Math.min(Math.max(p + excess * (p - least), 1e-10), 0.5 - 1e-10);
  return [settle(low), settle(high)];
}
