/** Constants that follow from the population and the dimension: Hansen 2016, "The CMA evolution strategy: a tutorial", table 1. */
export interface Strategy {
  readonly dimension: number;
  readonly population: number;
  /** By rank, best first; the positive ones sum to 1, the others are negative ("active" CMA). */
  readonly weights: Float64Array;
  /** Variance effective selection mass of the positive weights. */
  readonly muEff: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cc: number;
  readonly c1: number;
  readonly cMu: number;
  /** The expected length of a standard normal vector. */
  readonly chi: number;
}

export function defaultPopulation(dimension: number): number {
  return 4 + Math.floor(3 * Math.log(dimension));
}

/**
 * @param separable learns faster, since only n variances are adapted: Ros and Hansen 2008, "A simple modification in CMA-ES achieving
 *   linear time and space complexity".
 */
export function strategyOf(dimension: number, population: number, separable: boolean): Strategy {
  const n = dimension;
  const raw = Float64Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const parts = { positive: massOf(raw.filter((weight) => weight > 0)), negative: massOf(raw.filter((weight) => weight <= 0)) };
  const muEff = parts.positive.effective;

  const pace = separable ? (n + 2) / 3 : 1;
  const c1 = Math.min(1, (pace * 2) / ((n + 1.3) ** 2 + muEff));
  const cMu = Math.min(1 - c1, (pace * 2 * (0.25 + muEff - 2 + 1 / muEff)) / ((n + 2) ** 2 + muEff));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const negativeMass = Math.min(
    1 + c1 / cMu,
    1 + (2 * parts.negative.effective) / (muEff + 2),
    // Keeps the covariance positive definite.
    (1 - c1 - cMu) / (n * cMu),
  );
  return {
    dimension,
    population,
    weights: raw.map((weight) => (weight > 0 ? weight / parts.positive.sum : (negativeMass * weight) / -(parts.negative.sum || -1))),
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cc: (4 + muEff / n) / (n + 4 + (2 * muEff) / n),
    c1,
    cMu,
    chi: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

function massOf(weights: Float64Array): { readonly sum: number; readonly effective: number } {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) [sum, squares] = [sum + weight, squares + weight * weight];
  return { sum, effective: squares === 0 ? 0 : (sum * sum) / squares };
}
