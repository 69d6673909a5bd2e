import { activeIn, type Row } from '../../space/codec.ts';
import type { CompiledSpace, FlatParam } from '../../space/compile.ts';
import { fits, fitValue } from '../../space/leaf.ts';
import type { ChoiceParam, FloatParam, IntParam } from '../../space/param.ts';

/** One searched parameter as a coordinate of the model. */
export type Axis = { readonly flat: FlatParam } & (
  | {
      readonly kind: 'numeric';
      readonly param: FloatParam | IntParam;
      /** Number of distinct values; Infinity if continuous or treated as such. */
      readonly cells: number;
    }
  | { readonly kind: 'choice'; readonly param: ChoiceParam; readonly cells: number }
);

/**
 * One number per axis: a numeric value's place in [0, 1] (on the log scale for log parameters; a stepped range is widened by half a step
 * on both sides), or a choice's position. Inactive axes have a value too: see {@link roundToGrid}.
 */
export type Point = Float64Array;

/** Coordinates of inactive parameters: the middle of the range, or a choice unlike all others. */
const absentNumber = 0.5;
const absentChoice = -1;

export interface Coordinates {
  readonly space: CompiledSpace;
  readonly axes: readonly Axis[];
  /** True if any parameter depends on another. */
  readonly conditional: boolean;
}

export function coordinatesOf(space: CompiledSpace): Coordinates {
  const axes = space.params.filter(({ single }) => !single).map(axisOf);
  return { space, axes, conditional: space.params.some(({ guards }) => guards.length > 0) };
}

function axisOf(flat: FlatParam): Axis {
  const { param } = flat;
  if (param.type === 'choice') return { flat, kind: 'choice', param, cells: param.choices.length };
  return { flat, kind: 'numeric', param, cells: cellsOf(param) };
}

/**
 * Maximum number of cells of an axis. Ranges of more values are treated as continuous, since their cells are too narrow for double
 * precision.
 */
const mostCells = 2 ** 30;

/** Returns the number of values of a numeric parameter; Infinity if it is continuous or treated as such. */
export function cellsOf({ low, high, step }: FloatParam | IntParam): number {
  const cells = step === null ? Number.POSITIVE_INFINITY : Math.floor((high - low) / step + 1e-9) + 1;
  return cells > mostCells ? Number.POSITIVE_INFINITY : cells;
}

/** Returns the place of an internal value on its axis. */
export function placeOf(axis: Axis, internal: number): number {
  if (axis.kind === 'choice') return internal;
  const [from, to] = ends(axis.param);
  return ((axis.param.log ? Math.log(internal) : internal) - from) / (to - from);
}

/** Returns the valid internal value nearest to a place. */
export function valueOfPlace(axis: Axis, place: number): number {
  if (axis.kind === 'choice') return fitValue(axis.param, place);
  const [from, to] = ends(axis.param);
  const at = from + Math.min(Math.max(place, 0), 1) * (to - from);
  return fitValue(axis.param, axis.param.log ? Math.exp(at) : at);
}

function ends({ low, high, log, step }: FloatParam | IntParam): readonly [number, number] {
  const half = (step ?? 0) / 2;
  return log ? [Math.log(low - half), Math.log(high + half)] : [low - half, high + half];
}

/**
 * Returns the point of an observed row. A missing or out-of-range value (the space may have changed since) counts as inactive.
 * @returns null if no value is valid in this space.
 */
export function pointOf(coordinates: Coordinates, row: Row): Point | null {
  let known = false;
  const point = Float64Array.from(coordinates.axes, (axis) => {
    const internal = row[axis.flat.index]!;
    if (!fits(axis.param, internal)) return absent(axis);
    known = true;
    return placeOf(axis, internal);
  });
  return known || coordinates.axes.length === 0 ? point : null;
}

/** Returns every parameter's internal value at a point, inactive ones included. */
export function rowAt({ space, axes }: Coordinates, point: Point): Row {
  const row = Float64Array.from(space.params, ({ param }) => (param.type === 'choice' ? 0 : param.low));
  axes.forEach((axis, i) => {
    row[axis.flat.index] = valueOfPlace(axis, point[i]!);
  });
  return row;
}

/** Returns the point of the trial that is run for this one: steps are rounded, inactive axes get their fixed coordinate. */
export function roundToGrid(coordinates: Coordinates, point: Point): Point {
  const { space, axes, conditional } = coordinates;
  const settled = Float64Array.from(axes, (axis, i) =>
    axis.kind === 'numeric' && axis.cells === Number.POSITIVE_INFINITY ? point[i]! : placeOf(axis, valueOfPlace(axis, point[i]!)),
  );
  if (!conditional) return settled;
  const active = activeIn(space, rowAt(coordinates, point));
  axes.forEach((axis, i) => {
    if (active[axis.flat.index] === 0) settled[i] = absent(axis);
  });
  return settled;
}

/** Returns the axes that are active at a point. */
export function existing(coordinates: Coordinates, point: Point): readonly number[] {
  const all = coordinates.axes.map((_, i) => i);
  if (!coordinates.conditional) return all;
  const active = activeIn(coordinates.space, rowAt(coordinates, point));
  return all.filter((i) => active[coordinates.axes[i]!.flat.index] === 1);
}

/** Returns the coordinate of an inactive parameter. */
export function absent(axis: Axis): number {
  return axis.kind === 'choice' ? absentChoice : absentNumber;
}
