import { type Axis, placeOf, valueOfPlace } from '../gp/coordinates.ts';

/** The places that all stand for one value of a stepped parameter: open to the outside at the ends of the range. */
export interface Cell {
  readonly lower: number;
  readonly upper: number;
}

/** The cell that a place falls into; null on an axis that is continuous or as good as that. */
export function cellAt(axis: Axis, place: number): Cell | null {
  if (axis.kind === 'choice' || axis.param.step === null || axis.cells === Number.POSITIVE_INFINITY) return null;
  const value = valueOfPlace(axis, place);
  const half = axis.param.step / 2;
  return {
    lower: value <= axis.param.low ? Number.NEGATIVE_INFINITY : placeOf(axis, value - half),
    upper: value >= axis.param.high ? Number.POSITIVE_INFINITY : placeOf(axis, value + half),
  };
}
