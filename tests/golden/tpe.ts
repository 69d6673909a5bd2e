import { parameterGroups } from '../../src/search/samplers/tpe/groups.ts';
import { createMixture, type Mixture } from '../../src/search/samplers/tpe/mixture.ts';
import type { NumericKernels } from '../../src/search/samplers/tpe/numeric-kernels.ts';
import { tpeOptions } from '../../src/search/samplers/tpe/options.ts';
import { splitTrials } from '../../src/search/samplers/tpe/split.ts';
import { belowCount } from '../../src/search/samplers/tpe/weights.ts';
import { encodeParams, type Row } from '../../src/search/space/codec.ts';
import { type CompiledSpace, compileSpace } from '../../src/search/space/compile.ts';
import type { FlatParams } from '../../src/search/space/param.ts';
import type { Direction, Observation } from '../../src/search/trial/history.ts';
import { agrees, agreesRoughly, type GoldenNumber } from './read.ts';
import { type GoldenParam, spaceOf } from './space.ts';

/** A golden file of the TPE sampler: a history, and what the reference makes of it up to the densities at given points. */
export interface TpeGolden {
  readonly id: string;
  readonly directions: readonly Direction[];
  readonly sampler: {
    readonly multivariate: boolean;
    readonly group: boolean;
    readonly constant_liar: boolean;
    readonly prior_weight: number;
    readonly consider_magic_clip: boolean;
    readonly consider_endpoints: boolean;
    readonly gamma: string;
  };
  readonly search_space: Readonly<Record<string, GoldenParam>>;
  readonly trials: readonly GoldenTrial[];
  readonly n_below: number;
  readonly below: readonly number[];
  readonly above: readonly number[];
  readonly joint_spaces: readonly (readonly string[])[];
  readonly estimators: readonly {
    readonly params: readonly string[];
    readonly below: GoldenMixture;
    readonly above: GoldenMixture;
    readonly points_internal: readonly (readonly number[])[];
    readonly log_l: readonly GoldenNumber[];
    readonly log_g: readonly GoldenNumber[];
  }[];
}

interface GoldenTrial {
  readonly number: number;
  readonly state: 'COMPLETE' | 'PRUNED' | 'RUNNING' | 'FAIL';
  readonly values: readonly GoldenNumber[] | null;
  readonly params: FlatParams;
  readonly distributions_override: Readonly<Record<string, GoldenParam>> | null;
  readonly intermediate_values: readonly (readonly [number, GoldenNumber])[] | null;
  readonly constraints: Readonly<Record<string, number>> | null;
  readonly relative_params: FlatParams | null;
}

interface GoldenMixture {
  readonly weights: readonly number[];
  readonly dims: Readonly<
    Record<
      string,
      | { readonly kind: 'categorical'; readonly probs: readonly (readonly number[])[] }
      | { readonly kind: string; readonly mus: readonly number[]; readonly sigmas: readonly number[] }
    >
  >;
}

/** What disagrees with the golden file, in words; nothing if all is well. */
export function checkTpe(golden: TpeGolden): readonly string[] {
  const faults: string[] = [];
  const space = compileSpace(spaceOf(golden.search_space));
  const options = tpeOptions.parse({
    multivariate: golden.sampler.multivariate,
    group: golden.sampler.group,
    constantLiar: golden.sampler.constant_liar,
    priorWeight: golden.sampler.prior_weight,
    magicClip: golden.sampler.consider_magic_clip,
    endpoints: golden.sampler.consider_endpoints,
    gamma: golden.sampler.gamma.startsWith('hyperopt') ? 'hyperopt' : 'default',
  });

  const all = golden.trials.map(observationOf).filter((trial) => trial !== null);
  const trials = options.constantLiar ? all : all.filter(({ state }) => state !== 'running');
  const finished = all.filter(({ state }) => state !== 'running');
  const count = belowCount(finished.length, options.gamma, golden.directions.length);
  if (count !== golden.n_below) faults.push(`below count ${count}, not ${golden.n_below}`);
  const { below, above } = splitTrials(trials, golden.directions, count);
  const numbers = (some: readonly Observation[]): string => some.map(({ number }) => number).join();
  if (numbers(below) !== golden.below.join()) faults.push(`below ${numbers(below)}, not ${golden.below.join()}`);
  if (numbers(above) !== golden.above.join()) faults.push(`above ${numbers(above)}, not ${golden.above.join()}`);

  const groups = parameterGroups(space, rowsForGroups(golden, space), options);
  const named = groups
    .map((group) =>
      group
        .map((index) => space.params[index]!.name)
        .sort()
        .join(),
    )
    .sort();
  const wanted = golden.estimators.map(({ params }) => [...params].sort().join()).sort();
  if (named.join(' | ') !== wanted.join(' | ')) faults.push(`groups ${named.join(' | ')}, not ${wanted.join(' | ')}`);

  for (const estimator of golden.estimators) {
    const params = estimator.params.map((name) => space.byName.get(name)!);
    const mixtureOf = (some: readonly Observation[], ageing: boolean): Mixture => {
      const rows = some
        .map((trial) => encodeParams(space, trial.params))
        .filter((row) => params.every(({ index }) => !Number.isNaN(row[index]!)));
      return createMixture(
        params,
        params.map(({ index }) => Float64Array.from(rows, (row) => row[index]!)),
        options,
        ageing,
      );
    };
    const place = estimator.params.join();
    const good = mixtureOf(below, golden.directions.length === 1);
    const other = mixtureOf(above, true);
    faults.push(...compareMixture(`${place} below`, good, estimator.params, estimator.below, space));
    faults.push(...compareMixture(`${place} above`, other, estimator.params, estimator.above, space));
    const compareDensities = (what: string, mixture: Mixture, side: GoldenMixture, wanted: readonly GoldenNumber[]): void => {
      const same = isPermuted(mixture, estimator.params, side) ? agreesRoughly : agrees;
      estimator.points_internal.forEach((point, i) => {
        const density = mixture.logDensity(Float64Array.from(point));
        if (!same(density, wanted[i]!)) faults.push(`${place} log ${what} at point ${i}: ${density}, not ${wanted[i]}`);
      });
    };
    compareDensities('l', good, estimator.below, estimator.log_l);
    compareDensities('g', other, estimator.above, estimator.log_g);
  }
  return faults;
}

/** Failed trials are none of the sampler's business: null. */
function observationOf(trial: GoldenTrial): Observation | null {
  const { number } = trial;
  const constraints = Object.values(trial.constraints ?? {});
  switch (trial.state) {
    case 'COMPLETE': {
      const values = trial.values!.map(Number);
      return { state: 'complete', number, params: trial.params, value: values[0]!, values, constraints };
    }
    case 'PRUNED': {
      const reports = [...(trial.intermediate_values ?? [])].sort(([a], [b]) => b - a);
      const last = reports[0] === undefined ? null : { step: reports[0][0], value: Number(reports[0][1]) };
      return { state: 'pruned', number, params: trial.params, last, constraints };
    }
    case 'RUNNING':
      return { state: 'running', number, params: { ...trial.relative_params, ...trial.params } };
    case 'FAIL':
      return null;
  }
}

/** In the reference a parameter whose range changed from trial to trial is not modelled jointly; here ranges never change, so such values count as absent. */
function rowsForGroups(golden: TpeGolden, space: CompiledSpace): readonly Row[] {
  return golden.trials
    .filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED')
    .map((trial) => {
      const row = encodeParams(space, trial.params);
      for (const name of Object.keys(trial.distributions_override ?? {})) row[space.byName.get(name)!.index] = Number.NaN;
      return row;
    });
}

function compareMixture(
  place: string,
  mixture: Mixture,
  names: readonly string[],
  golden: GoldenMixture,
  space: CompiledSpace,
): readonly string[] {
  const faults = compareVectors(`${place} weights`, mixture.weights, golden.weights);
  names.forEach((name, i) => {
    const wanted = golden.dims[name]!;
    const kernels = mixture.dimensions[i]!;
    if ('probs' in wanted) {
      const { param } = space.byName.get(name)!;
      const choices = param.type === 'choice' ? param.choices.length : 0;
      const constants = new Float64Array(wanted.probs.length);
      kernels.addConstants(constants);
      for (let choice = 0; choice < choices; choice++) {
        const logs = constants.slice();
        kernels.addAt(choice, logs);
        const column = wanted.probs.map((row) => row[choice]!);
        faults.push(...compareVectors(`${place} ${name} probabilities of ${choice}`, logs.map(Math.exp), column));
      }
      return;
    }
    const { mus, sigmas } = kernels as NumericKernels;
    faults.push(
      ...compareVectors(`${place} ${name} mus`, mus, wanted.mus),
      ...compareVectors(`${place} ${name} sigmas`, sortedByTies(mus, sigmas), sortedByTies(mus, wanted.sigmas)),
    );
  });
  return faults;
}

/** Kernels at the same place share a set of widths; which has which depends on how ties were sorted. The prior stays last. */
function sortedByTies(mus: Float64Array, sigmas: ArrayLike<number>): Float64Array {
  const last = mus.length - 1;
  const order = Int32Array.from({ length: last }, (_, k) => k).sort((a, b) => mus[a]! - mus[b]! || sigmas[a]! - sigmas[b]!);
  return Float64Array.from([...order, last], (k) => sigmas[k]!);
}

/** Whether ties were sorted otherwise than here: then densities agree only roughly. */
function isPermuted(mixture: Mixture, names: readonly string[], golden: GoldenMixture): boolean {
  return names.some((name, i) => {
    const wanted = golden.dims[name]!;
    return 'sigmas' in wanted && compareVectors('', (mixture.dimensions[i] as NumericKernels).sigmas, wanted.sigmas).length > 0;
  });
}

function compareVectors(place: string, actual: Float64Array, expected: ArrayLike<number>): string[] {
  if (actual.length !== expected.length) return [`${place}: ${actual.length} entries, not ${expected.length}`];
  const at = actual.findIndex((value, i) => !agrees(value, expected[i]!));
  return at < 0 ? [] : [`${place}[${at}]: ${actual[at]}, not ${expected[at]}`];
}
