import type { z } from 'zod';
import type { Rng } from '../../../core/rng.ts';
import { decodeRow } from '../../space/codec.ts';
import type { CompiledSpace } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History } from '../../trial/history.ts';
import { defineSampler } from '../define-sampler.ts';
import { failsNearby } from '../failed-neighbours.ts';
import { suggestUniform } from '../random/random.ts';
import { drawUniform } from '../random/uniform.ts';
import type { Sampler } from '../sampler.ts';
import type { Columns } from './columns.ts';
import { fromEarlier } from './earlier.ts';
import type { Estimator } from './estimator.ts';
import { goodWeights } from './good-weights.ts';
import { parameterGroups } from './groups.ts';
import { settledOptions, type TpeOptions, tpeOptions } from './options.ts';
import { sides, splitTrials } from './split.ts';
import { tpeCacheOf } from './tpe-cache.ts';
import { ageingWeights, belowCount } from './weights.ts';

/** Maximum number of draws of a suggestion while most trials nearby failed. */
const attempts = 10;

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"; Watanabe 2023, "Tree-structured
 * Parzen estimator: understanding its algorithm components"): models the density l of the good trials' parameters and g of all others',
 * and suggests, among points drawn from l, the one with the largest l / g.
 */
export function createTpeSampler(options: z.output<typeof tpeOptions>): Sampler {
  const settled = settledOptions(options);
  return { id: 'tpe', learnsFromEarlier: true, suggest: (space, history, rng) => suggest(space, history, rng, settled) };
}

function suggest(space: CompiledSpace, history: History, rng: Rng, options: TpeOptions): FlatParams {
  const start = (): FlatParams =>
    fromEarlier(space, history, rng, (earlier) => suggest(space, earlier, rng, options)) ?? suggestUniform(space, rng);
  if (history.observations.length === 0 || history.observations.length < options.startupTrials) return start();
  const { columns, estimator } = tpeCacheOf(space, history, options);
  if (columns.finished < options.startupTrials) return start();

  const split = splitTrials(columns, belowCount(columns.finished, options, columns.directions.length), options);
  const weighGood = goodWeights(columns, split, options);
  const single = Float64Array.from(space.params, (flat) => (flat.single ? drawUniform(flat.param, rng) : Number.NaN));
  const models = parameterGroups(space, columns.patterns, options).map((group) => {
    const good = estimator(group, sides.below);
    const other = estimator(group, sides.above);
    const slotsBelow = slotsOf(columns, split, sides.below, group);
    const slotsAbove = slotsOf(columns, split, sides.above, group);
    good.follow(slotsBelow, columns, weighGood(slotsBelow));
    other.follow(slotsAbove, columns, ageingWeights(slotsAbove.length, options.priorWeight));
    return { group, good, other };
  });
  const draw = (candidates: number): FlatParams => {
    const row = single.slice();
    for (const { group, good, other } of models) {
      const best = bestCandidate(good, other, rng, candidates);
      group.forEach((index, i) => {
        row[index] = best[i]!;
      });
    }
    return decodeRow(space, row);
  };
  const fails = failsNearby(space, history);
  let suggestion = draw(options.candidates);
  // Half as many candidates each time, since the best of many would be nearly the same again.
  for (let attempt = 1; attempt < attempts && fails?.(suggestion) === true; attempt++)
    suggestion = draw(Math.max(options.candidates >> attempt, 1));
  return suggestion;
}

/** Returns the slots on a side whose trials have all parameters of the group. */
export function slotsOf(columns: Columns, split: Uint8Array, side: number, group: readonly number[]): Int32Array {
  const whole = columns.patterns.map(({ present }) => group.every((index) => present[index] === 1));
  const slots = new Int32Array(columns.count);
  let count = 0;
  for (let slot = 0; slot < columns.count; slot++) if (split[slot] === side && whole[columns.patternOf[slot]!]) slots[count++] = slot;
  return slots.subarray(0, count);
}

/** Draws points from the good trials' density and returns the first one of the largest ratio. */
function bestCandidate(good: Estimator, other: Estimator, rng: Rng, candidates: number): Float64Array {
  const points = Array.from({ length: candidates }, () => good.draw(rng));
  const l = good.logDensities(points);
  const g = other.logDensities(points);
  let best = 0;
  for (let i = 1; i < candidates; i++) if (l[i]! - g[i]! > l[best]! - g[best]!) best = i;
  return points[best]!;
}

/**
 * Tree-structured Parzen estimator: learns where good trials lie, from about ten trials on; supports branches and steps.
 *
 * @example
 * ```ts
 * import { tpe } from 'assay';
 *
 * const sampler = tpe({ startupTrials: 20 });
 * ```
 */
export const tpe = defineSampler({ id: 'tpe', options: tpeOptions, create: createTpeSampler });
