import { Columns, type Pattern } from '../../src/search/samplers/tpe/columns.ts';
import { Estimator } from '../../src/search/samplers/tpe/estimator.ts';
import { goodWeights } from '../../src/search/samplers/tpe/good-weights.ts';
import { parameterGroups } from '../../src/search/samplers/tpe/groups.ts';
import { settledOptions, tpeOptions } from '../../src/search/samplers/tpe/options.ts';
import { sides, splitTrials } from '../../src/search/samplers/tpe/split.ts';
import { slotsOf } from '../../src/search/samplers/tpe/tpe.ts';
import { ageingWeights, belowCount } from '../../src/search/samplers/tpe/weights.ts';
import { encodeParams } from '../../src/search/space/codec.ts';
import { type CompiledSpace, compileSpace } from '../../src/search/space/compile.ts';
import type { FlatParams } from '../../src/search/space/param.ts';
import type { Direction, Observation } from '../../src/search/trial/history.ts';
import { agrees, agreesRoughly, type GoldenNumber } from './read.ts';
import { type GoldenParam, spaceOf } from './space.ts';

/** A golden file of the TPE sampler: a history and the reference's results for it, down to the densities at given points. */
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

/** Returns the disagreements as text, empty if there are none. */
export function checkTpe(golden: TpeGolden): readonly string[] {
  const faults: string[] = [];
  const space = compileSpace(spaceOf(golden.search_space));
  const options = settledOptions(
    tpeOptions.parse({
      multivariate: golden.sampler.multivariate,
      group: golden.sampler.group,
      constantLiar: golden.sampler.constant_liar,
      priorWeight: golden.sampler.prior_weight,
      magicClip: golden.sampler.consider_magic_clip,
      endpoints: golden.sampler.consider_endpoints,
      gamma: golden.sampler.gamma.startsWith('hyperopt') ? 'hyperopt' : 'default',
    }),
  );

  const all = golden.trials.map(observationOf).filter((trial) => trial !== null);
  const columns = new Columns(space, golden.directions);
  columns.advance(all);
  const count = belowCount(columns.finished, options, golden.directions.length);
  if (count !== golden.n_below) faults.push(`below count ${count}, not ${golden.n_below}`);
  const split = splitTrials(columns, count, options);
  const numbers = (side: number): string => all.flatMap(({ number }, slot) => (split[slot] === side ? [number] : [])).join();
  const below = numbers(sides.below);
  const above = numbers(sides.above);
  if (below !== golden.below.join()) faults.push(`below ${below}, not ${golden.below.join()}`);
  if (above !== golden.above.join()) faults.push(`above ${above}, not ${golden.above.join()}`);

  const groups = parameterGroups(space, patternsOf(golden, space), options);
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
    const group = params.map(({ index }) => index);
    const slotsBelow = slotsOf(columns, split, sides.below, group);
    const slotsAbove = slotsOf(columns, split, sides.above, group);
    const place = estimator.params.join();
    const good = new Estimator(params, options);
    good.follow(slotsBelow, columns, goodWeights(columns, split, options)(slotsBelow));
    const other = new Estimator(params, options);
    other.follow(slotsAbove, columns, ageingWeights(slotsAbove.length, options.priorWeight));
    faults.push(...compareMixture(`${place} below`, good, estimator.params, estimator.below));
    faults.push(...compareMixture(`${place} above`, other, estimator.params, estimator.above));
    const compareDensities = (what: string, mixture: Estimator, side: GoldenMixture, wanted: readonly GoldenNumber[]): void => {
      const same = isPermuted(mixture, estimator.params, side) ? agreesRoughly : agrees;
      const densities = mixture.logDensities(estimator.points_internal.map((point) => Float64Array.from(point)));
      densities.forEach((density, i) => {
        if (!same(density, wanted[i]!)) faults.push(`${place} log ${what} at point ${i}: ${density}, not ${wanted[i]}`);
      });
    };
    compareDensities('l', good, estimator.below, estimator.log_l);
    compareDensities('g', other, estimator.above, estimator.log_g);
  }
  return faults;
}

/** Returns null for failed trials, which the reference ignores. */
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
function patternsOf(golden: TpeGolden, space: CompiledSpace): readonly Pattern[] {
  return golden.trials
    .filter(({ state }) => state === 'COMPLETE' || state === 'PRUNED')
    .map((trial) => {
      const row = encodeParams(space, trial.params);
      for (const name of Object.keys(trial.distributions_override ?? {})) row[space.byName.get(name)!.index] = Number.NaN;
      return { present: Uint8Array.from(row, (value) => (Number.isNaN(value) ? 0 : 1)), finished: 1 };
    });
}

/** Kernels on one axis, the prior last. */
interface AxisKernels {
  readonly mus: Float64Array;
  readonly sigmas: Float64Array;
}

function kernelsAt({ kernels }: Estimator, param: number): AxisKernels {
  const axis = kernels.axes.findIndex(({ at }) => at === param);
  const { low, high } = kernels.axes[axis]!;
  const each = Array.from({ length: kernels.count }, (_, kernel) => kernel);
  return {
    mus: Float64Array.from([...each.map((kernel) => kernels.position(kernel, axis)), (low + high) / 2]),
    sigmas: Float64Array.from([...each.map((kernel) => kernels.width(kernel, axis)), high - low]),
  };
}

function compareMixture(place: string, mixture: Estimator, names: readonly string[], golden: GoldenMixture): readonly string[] {
  const { weights } = mixture;
  const relative = [...Array.from({ length: mixture.kernels.count }, (_, kernel) => weights.of(kernel)), weights.prior];
  const faults = compareVectors(
    `${place} weights`,
    Float64Array.from(relative, (weight) => weight / weights.total),
    golden.weights,
  );
  names.forEach((name, i) => {
    const wanted = golden.dims[name]!;
    const { mus, sigmas } = kernelsAt(mixture, i);
    if ('probs' in wanted) {
      // The densities test the probabilities themselves; the prior has no choice.
      const likeliest = wanted.probs.slice(0, -1).map((row) => row.indexOf(Math.max(...row)));
      faults.push(...compareVectors(`${place} ${name} choices`, mus.slice(0, -1), likeliest));
      return;
    }
    faults.push(
      ...compareVectors(`${place} ${name} mus`, mus, wanted.mus),
      ...compareVectors(`${place} ${name} sigmas`, sortedByTies(mus, sigmas), sortedByTies(mus, wanted.sigmas)),
    );
  });
  return faults;
}

/** Sorts the widths of kernels at the same position, whose order depends on how ties were sorted. The prior stays last. */
function sortedByTies(mus: Float64Array, sigmas: ArrayLike<number>): Float64Array {
  const last = mus.length - 1;
  const order = Int32Array.from({ length: last }, (_, k) => k).sort((a, b) => mus[a]! - mus[b]! || sigmas[a]! - sigmas[b]!);
  return Float64Array.from([...order, last], (k) => sigmas[k]!);
}

/** True if ties were sorted differently than here; densities then agree only roughly. */
function isPermuted(mixture: Estimator, names: readonly string[], golden: GoldenMixture): boolean {
  return names.some((name, i) => {
    const wanted = golden.dims[name]!;
    return 'sigmas' in wanted && compareVectors('', kernelsAt(mixture, i).sigmas, wanted.sigmas).length > 0;
  });
}

function compareVectors(place: string, actual: Float64Array, expected: ArrayLike<number>): string[] {
  if (actual.length !== expected.length) return [`${place}: ${actual.length} entries, not ${expected.length}`];
  const at = actual.findIndex((value, i) => !agrees(value, expected[i]!));
  return at < 0 ? [] : [`${place}[${at}]: ${actual[at]}, not ${expected[at]}`];
}
