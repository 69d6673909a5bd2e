import type { Curve, Direction } from '../../trial/history.ts';
import { lastIndex } from '../curve.ts';

/** The last multiple of the interval that a curve has reached (0 if none). */
export function milestoneOf(curve: Curve, interval: number): number {
  const last = lastIndex(curve);
  return last < 0 ? 0 : Math.floor(curve.steps[last]! / interval) * interval;
}

export interface RankedMember {
  readonly number: number;
  readonly value: number;
}

/** Trials that have reached a milestone, sorted by the first value at or past it: best first, NaN last, ties by number. */
export function rankAt(milestone: number, curves: readonly Curve[], direction: Direction): readonly RankedMember[] {
  const ranked = curves.flatMap(({ number, steps, values }): readonly RankedMember[] => {
    let first = -1;
    for (let i = 0; i < steps.length; i++) if (steps[i]! >= milestone && (first < 0 || steps[i]! < steps[first]!)) first = i;
    return first < 0 ? [] : [{ number, value: values[first]! }];
  });
  const loss = ({ value }: RankedMember): number =>
    Number.isNaN(value) ? Number.POSITIVE_INFINITY : direction === 'minimize' ? value : -value;
  const nan = ({ value }: RankedMember): number => Number(Number.isNaN(value));
  return ranked.sort((a, b) => nan(a) - nan(b) || Math.sign(loss(a) - loss(b)) || a.number - b.number);
}
