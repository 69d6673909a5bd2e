import { type Acquisition, addedVariance } from './acquisition.ts';
import { standardLogEi, standardLogEiGradient } from './log-ei.ts';
import { createProbe } from './probe.ts';
import type { Process } from './process.ts';

/** A possible set of values at the points of a process: K^-1 (values - mean), and the best of those that an improvement is counted from. */
interface PossibleValues {
  readonly weights: Float64Array;
  readonly best: number;
}

/**
 * Logarithm of the mean of the expected improvements under each set of values, exact in f(x) and as smooth as each of them (Snoek et al. 2012,
 * section 3.2; Ament et al. 2023). The variance is that of the process, whatever the values.
 */
export function mixtureLogEi(process: Process, mean: number, cases: readonly PossibleValues[]): Acquisition {
  const size = process.points.length;
  const probe = createProbe(process);
  const logs = new Float64Array(cases.length);
  const scores = new Float64Array(cases.length);
  const valueAt = (variance: number): number => {
    const sigma = Math.sqrt(variance + addedVariance);
    const base = mean + probe.trend();
    let largest = Number.NEGATIVE_INFINITY;
    cases.forEach(({ weights, best }, s) => {
      scores[s] = (base + probe.weighed(weights) - best) / sigma;
      logs[s] = standardLogEi(scores[s]!);
      largest = Math.max(largest, logs[s]!);
    });
    const total = logs.reduce((sum, log) => sum + Math.exp(log - largest), 0);
    return largest + Math.log(total / cases.length) + Math.log(sigma);
  };

  return {
    at: (point) => {
      probe.moveTo(point, false);
      return valueAt(probe.variance());
    },
    atAll: (points) => {
      const values = new Float64Array(points.length);
      probe.visit(points, (variance, index) => {
        values[index] = valueAt(variance);
      });
      return values;
    },
    gradientAt: (point, gradient) => {
      probe.moveTo(point, true);
      const variance = probe.variance();
      const sigma = Math.sqrt(variance + addedVariance);
      const value = valueAt(variance);
      const shift = value - Math.log(sigma) + Math.log(cases.length);
      const pull = new Float64Array(size);
      let [bySigma, byMean] = [1 / sigma, 0];
      cases.forEach(({ weights }, s) => {
        const share = (Math.exp(logs[s]! - shift) * standardLogEiGradient(scores[s]!, logs[s]!)) / sigma;
        bySigma -= share * scores[s]!;
        byMean += share;
        for (let i = 0; i < size; i++) pull[i]! += share * weights[i]!;
      });
      const meanGradient = probe.weighedGradient(pull);
      const trend = probe.trendGradient();
      if (trend !== null) for (let j = 0; j < trend.length; j++) meanGradient[j]! += byMean * trend[j]!;
      const varianceGradient = probe.varianceGradient();
      for (let j = 0; j < gradient.length; j++) gradient[j] = meanGradient[j]! + (bySigma * varianceGradient[j]!) / (2 * sigma);
      return value;
    },
  };
}
