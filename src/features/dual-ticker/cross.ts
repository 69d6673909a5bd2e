import { columnOf, constantDeviation, meanOf, windowStart } from '../windows.ts';

/** F10: Pearson correlation of the two assets' returns in the window, equal for both assets; 0 if either is constant. */
export function returnCorrelation(a: Float64Array, b: Float64Array, windowBars: number): Float64Array {
  return columnOf(a.length, (row) => {
    const from = windowStart(row, windowBars);
    const meanA = meanOf(a, from, row + 1);
    const meanB = meanOf(b, from, row + 1);
    let [squaresA, squaresB, products] = [0, 0, 0];
    for (let i = from; i <= row; i++) {
      const deviationA = a[i]! - meanA;
      const deviationB = b[i]! - meanB;
      squaresA += deviationA * deviationA;
      squaresB += deviationB * deviationB;
      products += deviationA * deviationB;
    }
    const count = row + 1 - from;
    const isConstant = Math.sqrt(squaresA / count) <= constantDeviation || Math.sqrt(squaresB / count) <= constantDeviation;
    return isConstant ? 0 : Math.max(-1, Math.min(1, products / Math.sqrt(squaresA * squaresB)));
  });
}

/**
 * F11, spread ratio: own spread over the other's, minus 1; 0 if either bar has no range. The other asset gets the inverse ratio minus 1,
 * not the negated value: -(a / b - 1) is not a ratio of spreads.
 */
export function spreadRatio(own: Float64Array, other: Float64Array): Float64Array {
  return columnOf(own.length, (row) => (own[row]! > 0 && other[row]! > 0 ? own[row]! / other[row]! - 1 : 0));
}

/** F12, momentum divergence: own momentum minus the other's; the two assets get opposite signs. */
export function momentumDivergence(own: Float64Array, other: Float64Array): Float64Array {
  return columnOf(own.length, (row) => own[row]! - other[row]!);
}
