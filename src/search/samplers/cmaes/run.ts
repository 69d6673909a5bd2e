import { createRng } from '../../../core/rng.ts';
import { lossOf, violation } from '../../objectives/loss.ts';
import type { Direction } from '../../trial/history.ts';
import type { Axis } from '../gp/coordinates.ts';
import { type Distribution, deviation, learn, startAt } from './distribution.ts';
import { latentPoint, type Member, ranked } from './generation.ts';
import { withMargin } from './margin.ts';
import type { CmaesOptions } from './options.ts';
import { defaultPopulation, strategyOf } from './weights.ts';

/** Constants of all runs of a search. */
export interface Setting {
  readonly axes: readonly Axis[];
  readonly direction: Direction;
  /** Seed of the study. */
  readonly seed: number;
  /** Start of the first run, in the unit cube. */
  readonly start: Float64Array;
  readonly options: CmaesOptions;
}

/** State of one run: the search from one start until convergence. */
export interface Run {
  readonly distribution: Distribution;
  /** Number of restarts before this run. */
  readonly index: number;
  /** True for a short run of BIPOP, which has a small population. */
  readonly short: boolean;
  /** The population of the last long run. */
  readonly longPopulation: number;
  /** Trials spent in long and short runs. */
  readonly spent: { readonly long: number; readonly short: number };
  /** Best loss of each generation so far; Infinity if it has none. */
  readonly best: readonly number[];
  /** The worst finite loss so far. */
  readonly worst: number;
}

export function firstRun({ axes, start, options }: Setting): Run {
  const population = options.population ?? defaultPopulation(axes.length);
  const distribution = startAt(start, options.sigma0, strategyOf(axes.length, population, options.separable), options.separable);
  return {
    distribution: withMargin(distribution, axes),
    index: 0,
    short: false,
    longPopulation: population,
    spent: { long: 0, short: 0 },
    best: [],
    worst: Number.NEGATIVE_INFINITY,
  };
}

/** Returns the run after one more generation, or the start of the next run if this one has converged. */
export function advance(run: Run, members: readonly Member[], setting: Setting): Run {
  const { axes, direction, seed, options } = setting;
  const order = ranked(members, direction);
  const distribution = withMargin(
    learn(
      run.distribution,
      order.map((member) => latentPoint(member, axes, run.distribution, seed)),
    ),
    axes,
  );
  const losses = order.flatMap(({ trial }) =>
    trial.state === 'complete' && violation(trial) === 0 ? [lossOf(trial.value, direction)].filter(Number.isFinite) : [],
  );
  const kind = run.short ? 'short' : 'long';
  const next: Run = {
    ...run,
    distribution,
    spent: { ...run.spent, [kind]: run.spent[kind] + members.length },
    best: [...run.best, Math.min(...losses)],
    worst: Math.max(run.worst, ...losses),
  };
  return options.restarts !== 'none' && hasConverged(next, axes) ? restarted(next, setting) : next;
}

/**
 * True if further generations are unlikely to improve the result: the steps are a millionth of each range, the values have hardly changed
 * for the period of Hansen 2009, or the covariance is too ill-conditioned for double precision.
 */
function hasConverged({ distribution, best, worst }: Run, axes: readonly Axis[]): boolean {
  if (distribution.covariance.condition > 1e14) return true;
  if (axes.every((axis, i) => axis.cells === Number.POSITIVE_INFINITY && deviation(distribution, i) < 1e-6)) return true;
  const { dimension, population } = distribution.strategy;
  const window = 10 + Math.ceil((30 * dimension) / population);
  if (best.length < window) return false;
  const recent = best.slice(-window);
  const lowest = Math.min(...best);
  return Math.max(...recent) - Math.min(...recent) <= 1e-9 * (worst - lowest);
}

/**
 * Returns the start of the next run. IPOP: Auger and Hansen 2005, "A restart CMA evolution strategy with increasing population size".
 * BIPOP: Hansen 2009, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed".
 */
function restarted(run: Run, { axes, seed, options }: Setting): Run {
  const index = run.index + 1;
  const rng = createRng(`cmaes ${seed} restart ${index}`);
  const mean = Float64Array.from(axes, () => rng.uniform());
  const first = options.population ?? defaultPopulation(axes.length);
  const short = options.restarts === 'bipop' && run.spent.short < run.spent.long;
  const longPopulation = short ? run.longPopulation : 2 * run.longPopulation;
  const u = rng.uniform();
  const v = rng.uniform();
  const population = short ? Math.max(first, Math.floor(first * (run.longPopulation / (2 * first)) ** (u * u))) : longPopulation;
  const sigma = short ? options.sigma0 * 10 ** (-2 * v) : options.sigma0;
  const distribution = startAt(mean, sigma, strategyOf(axes.length, population, options.separable), options.separable);
  return { ...run, distribution: withMargin(distribution, axes), index, short, longPopulation, best: [], worst: Number.NEGATIVE_INFINITY };
}
