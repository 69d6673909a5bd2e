import { createRng } from '../../../../src/core/rng.ts';
import { coordinatesOf, type Point, pointOf, rowAt } from '../../../../src/search/samplers/gp/coordinates.ts';
import { decodeRow, encodeParams } from '../../../../src/search/space/codec.ts';
import type { BaseFunction } from '../families/problem.ts';
import type { Objective } from '../objective.ts';

/** How the function of an earlier study is related to the new one. */
export const sourceKinds = ['same', 'shifted', 'scaled', 'unrelated', 'opposite'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** Share of each numeric range by which the minimum of a shifted function is moved. */
const shift = 0.1;

/**
 * Returns the function of an earlier study.
 * @param seed of the shift and of the unrelated function.
 */
export function sourceOf({ name, space, truth }: BaseFunction, kind: SourceKind, seed: number): Objective {
  if (kind === 'same') return truth;
  if (kind === 'scaled') return (params) => 5 * truth(params) - 100;
  if (kind === 'opposite') return (params) => -truth(params);
  const rng = createRng(`${kind} source of ${name} ${seed}`);
  const coordinates = coordinatesOf(space);
  const { axes } = coordinates;
  const numeric = axes.map((axis) => axis.kind === 'numeric');
  if (kind === 'shifted') {
    const steps = axes.map(() => (rng.uniform() < 0.5 ? -shift : shift));
    return (params) => {
      const point = pointOf(coordinates, encodeParams(space, params))!;
      const moved = point.map((place, j) => (numeric[j]! ? Math.min(Math.max(place + steps[j]!, 0), 1) : Math.max(place, 0)));
      return truth(decodeRow(space, rowAt(coordinates, moved)));
    };
  }
  const waves = Array.from({ length: 4 }, () => ({
    phase: 2 * Math.PI * rng.uniform(),
    frequencies: axes.map(() => 6 * (2 * rng.uniform() - 1)),
  }));
  return (params) => wavesAt(pointOf(coordinates, encodeParams(space, params))!, waves);
}

function wavesAt(point: Point, waves: readonly { readonly phase: number; readonly frequencies: readonly number[] }[]): number {
  return waves.reduce((sum, { phase, frequencies }) => sum + Math.sin(frequencies.reduce((at, f, j) => at + f * point[j]!, phase)), 0);
}
