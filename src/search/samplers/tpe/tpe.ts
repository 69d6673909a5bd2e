import type { Rng } from '../../../core/rng.ts';
import { decodeRow, encodeParams, type Row } from '../../space/codec.ts';
import type { CompiledSpace, FlatParam } from '../../space/compile.ts';
import type { FlatParams } from '../../space/param.ts';
import type { History, Observation } from '../../trial/history.ts';
import { suggestUniform } from '../random/random.ts';
import { drawUniform } from '../random/uniform.ts';
import type { Sampler } from '../sampler.ts';
import { parameterGroups } from './groups.ts';
import { createMixture } from './mixture.ts';
import type { TpeOptions } from './options.ts';
import { splitTrials } from './split.ts';
import { belowCount } from './weights.ts';

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011, "Algorithms for hyper-parameter optimization"; Watanabe 2023,
 * "Tree-structured Parzen estimator: understanding its algorithm components"): the density l of the good trials' parameters
 * and g of all others'; of some points drawn from l, suggest the one with the largest l / g.
 */
export function createTpeSampler(options: TpeOptions): Sampler {
  return { id: 'tpe', suggest: (space, history, rng) => suggest(space, history, rng, options) };
}

function suggest(space: CompiledSpace, history: History, rng: Rng, options: TpeOptions): FlatParams {
  const finished = history.observations.filter(({ state }) => state !== 'running');
  if (finished.length < options.startupTrials) return suggestUniform(space, rng);

  const directions = history.directions ?? [history.direction];
  const trials = options.constantLiar ? history.observations : finished;
  const { below, above } = splitTrials(trials, directions, belowCount(finished.length, options.gamma, directions.length));
  const rows = new Map(trials.map((trial) => [trial, encodeParams(space, trial.params)]));
  const rowsOf = (some: readonly Observation[]): readonly Row[] => some.map((trial) => rows.get(trial)!);
  const [rowsBelow, rowsAbove, rowsFinished] = [rowsOf(below), rowsOf(above), rowsOf(finished)];

  const suggestion = Float64Array.from(space.params, ({ param, single }) => (single ? drawUniform(param, rng) : Number.NaN));
  for (const group of parameterGroups(space, rowsFinished, options)) {
    const params = group.map((index) => space.params[index]!);
    const best = bestCandidate(params, columnsOf(params, rowsBelow), columnsOf(params, rowsAbove), rng, options, directions.length === 1);
    params.forEach(({ index }, i) => {
      suggestion[index] = best[i]!;
    });
  }
  return decodeRow(space, suggestion);
}

/** The values of the trials that have all of the parameters, a column per parameter. */
function columnsOf(params: readonly FlatParam[], rows: readonly Row[]): readonly Float64Array[] {
  const having = rows.filter((row) => params.every(({ index }) => !Number.isNaN(row[index]!)));
  return params.map(({ index }) => Float64Array.from(having, (row) => row[index]!));
}

function bestCandidate(
  params: readonly FlatParam[],
  below: readonly Float64Array[],
  above: readonly Float64Array[],
  rng: Rng,
  options: TpeOptions,
  ageing: boolean,
): Float64Array {
  const good = createMixture(params, below, options, ageing);
  const other = createMixture(params, above, options);
  let best = good.draw(rng);
  let bestScore = good.logDensity(best) - other.logDensity(best);
  for (let i = 1; i < options.candidates; i++) {
    const point = good.draw(rng);
    const score = good.logDensity(point) - other.logDensity(point);
    if (score > bestScore) [best, bestScore] = [point, score];
  }
  return best;
}
