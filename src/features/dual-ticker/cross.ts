import type { Recent } from '../recent.ts';
import { constantDeviation, meanOf } from '../windows.ts';

/** Mean of all values but one; of two values, the other one exactly. */
export function meanOfOthers(values: Float64Array, own: number): number {
  const first = own === 0 ? 1 : 0;
  let sum = values[first]!;
  for (let i = first + 1; i < values.length; i++) if (i !== own) sum += values[i]!;
  return sum / (values.length - 1);
}

/** F10: Pearson correlation of the last returns with those of the others, [-1, 1]; 0 if either is constant. Of two assets it is equal for both. */
export function returnCorrelation(own: Recent, others: Recent, windowBars: number): number {
  const [a, b] = [own.values, others.values];
  const [fromA, fromB] = [own.start(windowBars), others.start(windowBars)];
  const count = own.end - fromA;
  const meanA = meanOf(a, fromA, own.end);
  const meanB = meanOf(b, fromB, others.end);
  let [squaresA, squaresB, products] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const deviationA = a[fromA + i]! - meanA;
    const deviationB = b[fromB + i]! - meanB;
    squaresA += deviationA * deviationA;
    squaresB += deviationB * deviationB;
    products += deviationA * deviationB;
  }
  const isConstant = Math.sqrt(squaresA / count) <= constantDeviation || Math.sqrt(squaresB / count) <= constantDeviation;
  return isConstant ? 0 : Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
}

/**
 * F11, spread ratio: own spread over the others' mean, minus 1; 0 if either has no range. Of two assets the other one gets the inverse
 * ratio minus 1, not the negated value: -(a / b - 1) is not a ratio of spreads.
 */
export function spreadRatio(own: number, others: number): number {
  return own > 0 && others > 0 ? own / others - 1 : 0;
}
