import { createRng, type Rng } from '../../src/core/rng.ts';
import { prunerOf } from '../../src/search/pruners/index.ts';
import type { PeerCurve } from '../../src/search/pruners/pruner.ts';
import { samplerOf } from '../../src/search/samplers/index.ts';
import { float } from '../../src/search/space/builders.ts';
import { compileSpace } from '../../src/search/space/compile.ts';
import { defaultPruner, defaultSampler } from '../../src/search/study/define-study.ts';
import type { Observation } from '../../src/search/trial/history.ts';
import { sharpe } from '../../src/validation/metrics.ts';
import type { SimulatedReturns } from './simulated-evidence.ts';

export interface Searched {
  /** Largest true daily Sharpe ratio in the space: that of its best point. */
  readonly edge: number;
  readonly trials: number;
  readonly innerDays: number;
  /** Walk-forward days, the vault's included. */
  readonly days: number;
  readonly judged: number;
  readonly seeds: number;
}

/** A study that was searched, with what is known of it from outside. */
export interface SearchedStudy {
  readonly returns: SimulatedReturns;
  /** Daily Sharpe ratio of the best-looking trial on the inner part, by which it was chosen. */
  readonly bestInner: number;
  /** Its true daily Sharpe ratio, which no search sees. */
  readonly bestTrue: number;
  /** Number of pruned trials. */
  readonly pruned: number;
}

const space = compileSpace({ a: float(0, 1), b: float(0, 1), c: float(0, 1), d: float(0, 1) });
const reports = 10;
/** Series of luck that neighbouring points of the space share, so that a search can climb luck as it climbs skill. */
const waves = 12;
/** Shares of the variance of a day: the market of all, the waves, and what is a trial's own. */
const shares = { market: 0.3, waves: 0.4, own: 0.3 };
/** Of a seed's day on the walk-forward: the market, the model, the seed. Seeds correlate by .7. */
const outerShares = { market: 0.3, model: 0.4, seed: 0.3 };

/**
 * Searches one simulated study with the platform's default sampler and pruner: 4 parameters, an objective that is the daily Sharpe ratio on the
 * inner days, reports that grow from noise to it, and the best trials retrained with seeds on later days.
 */
export function searchedStudy({ edge, trials, innerDays, days, judged, seeds }: Searched, seed: string): SearchedStudy {
  const rng = createRng(seed);
  const market = draws(innerDays, rng);
  const luck = Array.from({ length: waves }, () => ({ days: draws(innerDays, rng), at: draws(4, rng), phase: 6 * rng.uniform() }));
  const trueSharpe = (point: readonly number[]): number => edge * Math.exp(-4 * point.reduce((sum, x) => sum + (x - 0.6) ** 2, 0));
  const innerOf = (point: readonly number[], own: Rng): Float64Array => {
    const weights = luck.map(
      ({ at, phase }) => Math.sqrt(2 / waves) * Math.cos(2 * point.reduce((sum, x, i) => sum + x * at[i]!, 0) + phase),
    );
    return Float64Array.from({ length: innerDays }, (_, day) => {
      const shared = luck.reduce((sum, wave, i) => sum + weights[i]! * wave.days[day]!, 0);
      return (
        trueSharpe(point) +
        Math.sqrt(shares.market) * market[day]! +
        Math.sqrt(shares.waves) * shared +
        Math.sqrt(shares.own) * own.normal()
      );
    });
  };

  const sampler = samplerOf(defaultSampler());
  const pruner = prunerOf(defaultPruner());
  const observations: Observation[] = [];
  const curves: PeerCurve[] = [];
  const complete: { readonly number: number; readonly point: readonly number[]; readonly inner: Float64Array; readonly value: number }[] =
    [];
  for (let number = 0; number < trials; number++) {
    const own = createRng(`${seed} trial ${number}`);
    const params = sampler.suggest(space, { direction: 'maximize', observations, next: number }, createRng(`${seed} ask ${number}`));
    const point = ['a', 'b', 'c', 'd'].map((name) => params[name] as number);
    const inner = innerOf(point, own);
    const value = sharpe(inner);
    const curve = { number, steps: [] as number[], values: [] as number[] };
    let isPruned = false;
    for (let step = 1; step <= reports && !isPruned; step++) {
      curve.steps.push(step);
      curve.values.push((value * step) / reports + 0.1 * (1 - step / reports) * own.normal());
      isPruned = step < reports && pruner.decide(curve, curves, 'maximize').prune;
    }
    curves.push({ ...curve, state: isPruned ? 'pruned' : 'complete', ...(!isPruned && { value }) });
    if (isPruned) observations.push({ state: 'pruned', number, params, last: { step: curve.steps.length, value: curve.values.at(-1)! } });
    else {
      observations.push({ state: 'complete', number, params, value });
      complete.push({ number, point, inner, value });
    }
  }

  const best = [...complete].sort((x, y) => y.value - x.value || x.number - y.number).slice(0, judged);
  const later = draws(days, rng);
  const returns: SimulatedReturns = {
    inner: complete.map(({ inner }) => inner),
    tried: trials,
    numbers: best.map((one) => complete.indexOf(one)),
    judged: best.map(({ point }) => {
      const ofModel = draws(days, rng);
      return Array.from({ length: seeds }, () =>
        Float64Array.from(
          later,
          (common, day) =>
            trueSharpe(point) +
            Math.sqrt(outerShares.market) * common +
            Math.sqrt(outerShares.model) * ofModel[day]! +
            Math.sqrt(outerShares.seed) * rng.normal(),
        ),
      );
    }),
  };
  return { returns, bestInner: best[0]!.value, bestTrue: trueSharpe(best[0]!.point), pruned: trials - complete.length };
}

function draws(count: number, rng: Rng): Float64Array {
  return Float64Array.from({ length: count }, () => rng.normal());
}
