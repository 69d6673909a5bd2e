import type { Rng } from '../../../core/rng.ts';
import type { Acquisition } from './acquisition.ts';
import { type Axis, type Coordinates, existing, type Point, placeOf, roundToGrid, valueOfPlace } from './coordinates.ts';
import { minimizeInBox } from './lbfgs.ts';

export interface SearchEffort {
  /** Number of points drawn over the whole space. */
  readonly spread: number;
  /** Number of points drawn around the best trials. */
  readonly near: number;
  /** Number of points that are refined. */
  readonly starts: number;
  /** Maximum number of evaluations with gradient, per start and round. */
  readonly evaluations: number;
  readonly rounds: number;
}

/** Number of values of a discrete coordinate up to which all are tried; of more, the neighbours. */
const enumerable = 16;

/**
 * Returns the rounded point of largest acquisition, found by refining many points in turns: numeric coordinates jointly by gradient, then
 * each discrete coordinate by trying its values.
 * @param incumbents the best points so far, best first.
 * @param taken points to exclude, see {@link keyOf}.
 */
export function mostPromising(
  coordinates: Coordinates,
  acquisition: Acquisition,
  incumbents: readonly Point[],
  taken: ReadonlySet<string>,
  effort: SearchEffort,
  rng: Rng,
): Point {
  const evaluate = (point: Point): Candidate => {
    const settled = roundToGrid(coordinates, point);
    return { point, settled, value: taken.has(keyOf(settled)) ? Number.NEGATIVE_INFINITY : acquisition.at(settled) };
  };
  const drawn: Point[] = [];
  for (let i = 0; i < effort.spread; i++) drawn.push(drawPoint(coordinates.axes, rng));
  for (let i = 0; i < effort.near && incumbents.length > 0; i++)
    drawn.push(drawNear(coordinates.axes, incumbents[Math.floor(rng.uniform() ** 2 * incumbents.length)]!, rng));
  const settled = drawn.map((point) => roundToGrid(coordinates, point));
  const values = acquisition.atAll(settled);
  const candidates = drawn.map((point, i): Candidate => ({ point, settled: settled[i]!, value: values[i]! }));
  candidates.sort((a, b) => b.value - a.value);
  const starts = apart(candidates, effort.starts, taken);
  let best = starts[0] ?? candidates[0]!;
  for (const start of starts) {
    const found = climb(coordinates, acquisition, evaluate, start, effort);
    if (found.value > best.value) best = found;
  }
  return best.point;
}

interface Candidate {
  /** Has a value on every axis, inactive ones included. */
  readonly point: Point;
  readonly settled: Point;
  readonly value: number;
}

/** Returns a key that is equal for points of the same trial. */
export function keyOf(settled: Point): string {
  return settled.join();
}

/** Returns the best candidate that is not taken, and further ones at a distance from those already chosen. */
function apart(sorted: readonly Candidate[], count: number, taken: ReadonlySet<string>): readonly Candidate[] {
  const chosen: Candidate[] = [];
  for (const candidate of sorted) {
    if (chosen.length === count) break;
    const far = chosen.every(({ settled }) => settled.some((place, i) => Math.abs(place - candidate.settled[i]!) > 0.1));
    if (far && !taken.has(keyOf(candidate.settled))) chosen.push(candidate);
  }
  return chosen;
}

function climb(
  coordinates: Coordinates,
  acquisition: Acquisition,
  evaluate: (point: Point) => Candidate,
  start: Candidate,
  { evaluations, rounds }: SearchEffort,
): Candidate {
  const { axes } = coordinates;
  let at = start;
  for (let round = 0; round < rounds; round++) {
    const before = at.value;
    const here = existing(coordinates, at.point);
    const smooth = here.filter((i) => axes[i]!.kind === 'numeric' && axes[i]!.cells > enumerable);
    if (smooth.length > 0) at = better(at, evaluate(ascend(acquisition, at, smooth, evaluations)));
    const discrete = here.filter((i) => axes[i]!.cells !== Number.POSITIVE_INFINITY);
    for (const i of discrete) for (const place of otherPlaces(axes[i]!, at.point[i]!)) at = better(at, evaluate(at.point.with(i, place)));
    if (discrete.length === 0 || !(at.value > before + 1e-4)) break;
  }
  return at;
}

function better(a: Candidate, b: Candidate): Candidate {
  return b.value > a.value ? b : a;
}

/** Ascends by gradient as if there were no steps; the nearest step is taken at the end. */
function ascend(acquisition: Acquisition, from: Candidate, smooth: readonly number[], maxEvaluations: number): Point {
  const size = smooth.length;
  const full = new Float64Array(from.settled.length);
  const probe = from.settled.slice();
  const { x } = minimizeInBox(
    (free, gradient) => {
      smooth.forEach((axis, k) => {
        probe[axis] = free[k]!;
      });
      const value = acquisition.gradientAt(probe, full);
      smooth.forEach((axis, k) => {
        gradient[k] = -full[axis]!;
      });
      return -value;
    },
    Float64Array.from(smooth, (axis) => from.settled[axis]!),
    { low: new Float64Array(size), high: new Float64Array(size).fill(1), maxEvaluations, gradientTolerance: 1e-4, valueTolerance: 1e-7 },
  );
  const point = from.point.slice();
  smooth.forEach((axis, k) => {
    point[axis] = x[k]!;
  });
  return point;
}

function otherPlaces(axis: Axis, place: number): readonly number[] {
  if (axis.kind === 'choice') return Array.from({ length: axis.cells }, (_, k) => k).filter((k) => k !== place);
  const { low, step } = axis.param;
  const width = step ?? 0;
  const own = Math.round((valueOfPlace(axis, place) - low) / width);
  const all = axis.cells <= enumerable;
  const [from, to] = all ? [0, axis.cells - 1] : [Math.max(own - 2, 0), Math.min(own + 2, axis.cells - 1)];
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((k) => (k === own ? [] : [placeOf(axis, low + k * width)]));
}

/** Draws a point uniformly over the space. */
export function drawPoint(axes: readonly Axis[], rng: Rng): Point {
  return Float64Array.from(axes, (axis) => (axis.kind === 'choice' ? rng.int(axis.cells) : rng.uniform()));
}

/** Draws a point near `centre`: at least one coordinate is moved by a step of random size. */
function drawNear(axes: readonly Axis[], centre: Point, rng: Rng): Point {
  const size = 0.3 * 10 ** (-2.5 * rng.uniform());
  const chance = Math.min(1, Math.max(2 / axes.length, rng.uniform()));
  const must = rng.int(axes.length);
  return Float64Array.from(axes, (axis, i) => {
    const place = centre[i]!;
    if (place < 0) return rng.int(axis.cells);
    if (i !== must && rng.uniform() > chance) return place;
    if (axis.kind === 'choice') return rng.uniform() < 0.5 ? place : rng.int(axis.cells);
    return Math.min(Math.max(place + Math.max(size, 0.7 / axis.cells) * rng.normal(), 0), 1);
  });
}
