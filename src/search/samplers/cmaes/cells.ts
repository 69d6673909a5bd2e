import { type Axis, placeOf, valueOfPlace } from '../gp/coordinates.ts';

/** Interval of places that stand for one value of a stepped parameter; unbounded at the ends of the range. */
export interface Cell {
  readonly lower: number;
  readonly upper: number;
}

/** Returns the cell that contains a place (null on an axis treated as continuous). */
export function cellAt(axis: Axis, place: number): Cell | null {
  if (axis.kind === 'choice' || axis.param.step === null || axis.cells === Number.POSITIVE_INFINITY) return null;
  const value = valueOfPlace(axis, place);
  const half = axis.param.step / 2;
  return {
    lower: value <= axis.param.low ? Number.NEGATIVE_INFINITY : placeOf(axis, value - half),
    upper: value >= axis.param.high ? Number.POSITIVE_INFINITY : placeOf(axis, value + half),
  };
}
