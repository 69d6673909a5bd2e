import type { Curve, Direction } from '../trial/history.ts';

/** The position of the largest step; -1 for an empty curve. Steps may have been reported in any order. */
export function lastIndex(curve: Curve): number {
  let last = -1;
  for (let i = 0; i < curve.steps.length; i++) if (last < 0 || curve.steps[i]! > curve.steps[last]!) last = i;
  return last;
}

/** The value reported at exactly this step, or undefined. Tries the position of evenly spaced steps first, then searches from the end. */
export function valueAt({ steps, values }: Curve, step: number): number | undefined {
  const guess = steps.length < 2 ? 0 : (step - steps[0]!) / (steps[1]! - steps[0]!);
  if (steps[guess] === step) return values[guess];
  for (let i = steps.length - 1; i >= 0; i--) if (steps[i] === step) return values[i];
  return undefined;
}

/** The value at a step, interpolated linearly between the neighbouring reports if the step itself was not reported; undefined outside of them. */
export function interpolatedAt(curve: Curve, step: number): number | undefined {
  const exact = valueAt(curve, step);
  if (exact !== undefined) return exact;
  const { steps, values } = curve;
  let [before, after] = [-1, -1];
  for (let i = 0; i < steps.length; i++) {
    const other = steps[i]!;
    if (other < step) {
      if (before < 0 || other > steps[before]!) before = i;
    } else if (after < 0 || other < steps[after]!) after = i;
  }
  if (before < 0 || after < 0) return undefined;
  const share = (step - steps[before]!) / (steps[after]! - steps[before]!);
  return (1 - share) * values[before]! + share * values[after]!;
}

/** The best value so far and the step that it was reported at, the first of equal ones; NaN only if there is no other value. */
export function bestReport({ steps, values }: Curve, direction: Direction): { readonly step: number; readonly value: number } {
  let best = { step: -1, value: Number.NaN };
  for (const [i, value] of values.entries())
    if (Number.isNaN(best.value) || isBetter(value, best.value, direction)) best = { step: steps[i]!, value };
  return best;
}

/** True if `value` is better than `other`; false if either is NaN. */
export function isBetter(value: number, other: number, direction: Direction): boolean {
  return direction === 'minimize' ? value < other : value > other;
}

/** A number as it is shown in the reason of a decision: 4 significant digits. */
export function shown(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);
}
