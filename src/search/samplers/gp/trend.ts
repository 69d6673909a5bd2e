import type { Point } from './coordinates.ts';

/** A function that a process is added to. */
export interface Trend {
  readonly at: (point: Point) => number;
  /** Gradient by the point's coordinates; 0 for choices. */
  readonly gradientAt: (point: Point) => Float64Array;
}
