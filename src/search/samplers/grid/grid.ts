import { canonicalJson } from '../../../core/json.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import { type History, nextNumber } from '../../trial/history.ts';
import { defineSampler } from '../define-sampler.ts';
import type { Sampler } from '../sampler.ts';
import { type Cells, cellsOf } from './cells.ts';
import { type GridOptions, gridOptions } from './options.ts';
import { shuffled } from './shuffle.ts';
import { valuesOf } from './values.ts';

/**
 * Tries every combination once. The trial's number determines the cell, so workers never collide, and a retried trial keeps its cell.
 *
 * Once there are as many trials as cells, cells without a trial follow (theirs failed, was cancelled, or had values set by hand). When
 * none are left, the grid repeats with other seeds.
 */
export function createGridSampler(options: GridOptions): Sampler {
  return {
    id: 'grid',
    ignoresHistoryFilter: true,
    suggest: (space, history) => suggest(space, history, options),
    trials: (space) => cellsIn(space, options.points).count,
  };
}

function suggest(space: CompiledSpace, history: History, { points, shuffle }: GridOptions): FlatParams {
  const cells = cellsIn(space, points);
  const { count } = cells;
  const cell = (place: bigint): FlatParams => cells.at(shuffle ? shuffled(place, count, history.seed ?? 0) : place);
  const number = BigInt(nextNumber(history));
  if (number < count) return cell(number);
  const tried = new Set(history.observations.flatMap(({ state, params }) => (state === 'failed' ? [] : [canonicalJson(params)])));
  for (let place = 0n; place < count; place++) {
    const params = cell(place);
    if (!tried.has(canonicalJson(params))) return params;
  }
  return cell(number % count);
}

/** Cells of each space by its `points` option. */
const known = new WeakMap<CompiledSpace, Map<string, Cells>>();

function cellsIn(space: CompiledSpace, points: GridOptions['points']): Cells {
  const grids = known.get(space) ?? new Map<string, Cells>();
  known.set(space, grids);
  const key = canonicalJson(points);
  const cells = grids.get(key) ?? cellsOf(space, valuesOf(space, points));
  grids.set(key, cells);
  return cells;
}

/**
 * Every combination once, for small spaces of steps and choices. More trials than combinations repeat them.
 *
 * @example
 * ```ts
 * import { grid } from 'assay';
 *
 * const sampler = grid({ points: { lr: 5, width: 3 } });
 * ```
 */
export const grid = defineSampler({ id: 'grid', options: gridOptions, create: createGridSampler });
