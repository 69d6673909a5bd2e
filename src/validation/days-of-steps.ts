/** Relative difference of an account's value that rounding may leave over a fold. */
const rounding = 1e-9;

/**
 * True if daily returns are those of the steps: the account's value at the end of each day is one that it had after a step, in order, and both
 * end at the same value. Where the days lie among the steps need not be known. False for NaN and infinite returns, and for steps without days.
 * @example [0.0302] are the days of the steps [0.01, 0.02], and [0.02] are not.
 */
export function areDaysOfSteps(dailyReturns: ArrayLike<number>, stepReturns: ArrayLike<number>): boolean {
  let [value, step, ofSteps] = [1, 0, 1];
  for (let day = 0; day < dailyReturns.length; day++) {
    value *= 1 + dailyReturns[day]!;
    let isFound = false;
    while (!isFound && step < stepReturns.length) {
      ofSteps *= 1 + stepReturns[step++]!;
      isFound = Math.abs(ofSteps - value) <= rounding * Math.abs(value);
    }
    if (!isFound) return false;
  }
  // What is left after the last day is part of it: the account must be where it was.
  while (step < stepReturns.length) ofSteps *= 1 + stepReturns[step++]!;
  return Math.abs(ofSteps - value) <= rounding * Math.abs(value);
}
