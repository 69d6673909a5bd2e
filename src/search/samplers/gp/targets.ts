export type OutputTransform = 'none' | 'power';

/** Targets of the model, larger is better, with the way back to losses. */
export interface ScaledTargets {
  readonly targets: Float64Array;
  /** Size of the change of each target with its loss. */
  readonly slopes: Float64Array;
  /** Returns the loss of a target; beyond the observed ones a straight line goes on, so that it is always finite and falls with the target. */
  readonly lossOf: (target: number) => number;
}

/** Returns targets of mean 0 and deviation 1 (all 0 if all losses are equal). */
export function scaledTargets(losses: Float64Array, transform: OutputTransform): ScaledTargets {
  const first = standardized(losses);
  const { shaped, lambda } = transform === 'power' ? power(first.scaled) : { shaped: first.scaled, lambda: 1 };
  const second = standardized(shaped);
  const [low, high] = [Math.min(...first.scaled), Math.max(...first.scaled)];
  const lossOf = (target: number): number => {
    const wanted = second.mean - target * second.deviation;
    const [from, to] = [yeoJohnson(low, lambda), yeoJohnson(high, lambda)];
    const inside = yeoJohnsonInverse(Math.min(Math.max(wanted, from), to), lambda);
    const beyond =
      wanted < from ? (wanted - from) / yeoJohnsonSlope(low, lambda) : wanted > to ? (wanted - to) / yeoJohnsonSlope(high, lambda) : 0;
    return first.mean + first.deviation * (inside + beyond);
  };
  const size = first.deviation * second.deviation;
  const slopes = first.scaled.map((value) => (size === 0 ? 0 : yeoJohnsonSlope(value, lambda) / size));
  return { targets: second.scaled.map((value) => -value), slopes, lossOf };
}

/** Returns (values - mean) / deviation; all 0 if they are equal. */
export function standardized(values: Float64Array): { readonly scaled: Float64Array; readonly mean: number; readonly deviation: number } {
  const n = values.length;
  // Divided first, so that values near the largest double do not overflow.
  const size = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), Number.MIN_VALUE);
  const mean = values.reduce((sum, value) => sum + value / size / n, 0) * size;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value / size - mean / size) ** 2 / n, 0)) * size;
  // Differences within rounding error count as 0.
  const real = deviation > 1e-14 * size;
  return { scaled: values.map((value) => (real ? (value - mean) / deviation : 0)), mean, deviation: real ? deviation : 0 };
}

/** Power transform of Yeo and Johnson (2000) with the exponent of maximum likelihood under a normal distribution. */
function power(values: Float64Array): { readonly shaped: Float64Array; readonly lambda: number } {
  let best = { shaped: values, lambda: 1 };
  let bestScore = Number.NEGATIVE_INFINITY;
  for (let lambda = -2; lambda <= 2.001; lambda += 0.1) {
    const shaped = values.map((value) => yeoJohnson(value, lambda));
    const n = shaped.length;
    const mean = shaped.reduce((sum, value) => sum + value, 0) / n;
    const variance = shaped.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    const jacobian = values.reduce((sum, value) => sum + Math.sign(value) * Math.log1p(Math.abs(value)), 0);
    const score = -0.5 * n * Math.log(variance) + (lambda - 1) * jacobian;
    if (score > bestScore) [best, bestScore] = [{ shaped, lambda }, score];
  }
  return best;
}

function yeoJohnson(value: number, lambda: number): number {
  if (value >= 0) return Math.abs(lambda) < 1e-9 ? Math.log1p(value) : Math.expm1(lambda * Math.log1p(value)) / lambda;
  const mirrored = 2 - lambda;
  return Math.abs(mirrored) < 1e-9 ? -Math.log1p(-value) : -Math.expm1(mirrored * Math.log1p(-value)) / mirrored;
}

function yeoJohnsonInverse(shaped: number, lambda: number): number {
  if (shaped >= 0) return Math.abs(lambda) < 1e-9 ? Math.expm1(shaped) : Math.expm1(Math.log1p(lambda * shaped) / lambda);
  const mirrored = 2 - lambda;
  return Math.abs(mirrored) < 1e-9 ? -Math.expm1(-shaped) : -Math.expm1(Math.log1p(-mirrored * shaped) / mirrored);
}

function yeoJohnsonSlope(value: number, lambda: number): number {
  return Math.exp(Math.sign(value) * (lambda - 1) * Math.log1p(Math.abs(value)));
}
