import { baumWelch } from '../../src/features/hmm/baum-welch.ts';
import { viterbi } from '../../src/features/hmm/decode.ts';
import { HmmFilter, mostLikely } from '../../src/features/hmm/filter.ts';
import { freeParameters, fromModel, type HmmModel, type HmmParameters, inOrder, toModel, traces } from '../../src/features/hmm/model.ts';
import { regimeInputRows, standardise } from '../../src/features/hmm/regimes.ts';
import { rankStart } from '../../src/features/hmm/starts.ts';
import { createMemory } from '../../src/features/memory.ts';
import { sharedBars } from '../fixtures/shared-bars.ts';
import { smoothed } from '../fixtures/smoothed.ts';
import { agrees } from './read.ts';

type Parameters = Omit<HmmModel, 'covariance' | 'covariances'> & {
  readonly covariances: readonly (readonly (number | readonly number[])[])[];
};
interface Row {
  readonly row: number;
  readonly filter: readonly number[];
}

/** A golden case of a Gaussian hidden Markov model: Baum-Welch from a given start, filter, smoothing, Viterbi. */
export interface HmmGolden {
  readonly covariance: 'diag' | 'full';
  readonly iterations: number;
  readonly init: Parameters;
  readonly logLikelihoods: readonly number[];
  readonly fitted: Parameters;
  readonly logLikelihood: number;
  readonly parameters: number;
  readonly bic: number;
  readonly orderByTrace: readonly number[];
  readonly rows: readonly (Row & { readonly smoothed: readonly number[]; readonly viterbi: number })[];
  readonly viterbiLogProbability: number;
  readonly viterbiCounts: readonly number[];
  readonly filterArgmaxCounts: readonly number[];
  readonly filterDiffersFromViterbi: number;
  readonly observations?: readonly (readonly number[])[];
  readonly file?: string;
  readonly sessions?: string;
  readonly window?: number;
  readonly trainRows?: number;
  readonly inputMean?: readonly number[];
  readonly inputSd?: readonly number[];
  readonly firstInputs?: readonly (readonly number[])[];
  readonly outOfSample?: readonly Row[];
  readonly outOfSampleLogLikelihood?: number;
}

/** Returns the disagreements as text, empty if there are none. */
export function checkHmm(golden: HmmGolden): readonly string[] {
  const faults: string[] = [];
  const compare = (what: string, actual: number, wanted: number, isClose: (a: number, b: number) => boolean = agrees): void => {
    if (!isClose(actual, wanted)) faults.push(`${what}: ${actual}, not ${wanted}`);
  };
  const relative = (by: number) => (a: number, b: number) => Math.abs(a - b) <= by * Math.abs(b);
  const { all, training } = inputsOf(golden, compare);
  const start = fromModel({ covariance: golden.covariance, ...golden.init } as HmmModel);
  const { states, inputs } = start;
  const rows = training.length / inputs;

  const fit = baumWelch(start, training, { iterations: golden.iterations, tolerance: Number.NEGATIVE_INFINITY, floor: 0, leastWeight: 0 });
  if ('failed' in fit) return [`the fit failed: ${fit.failed}`];
  const { parameters, logLikelihoods } = fit;
  const wanted = [...golden.logLikelihoods.slice(0, 4), golden.logLikelihoods.at(-1)!, golden.logLikelihood];
  const found = [...logLikelihoods.slice(0, 4), ...logLikelihoods.slice(-2)];
  for (const [i, value] of found.entries()) compare(`log likelihood ${i}`, value, wanted[i]!, relative(1e-7));
  const model = toModel(parameters);
  for (const part of ['start', 'transition', 'means', 'covariances'] as const) {
    const [ours, theirs] = [flat(model[part]), flat(golden.fitted[part])];
    for (const [i, value] of ours.entries()) compare(`${part} ${i}`, value, theirs[i]!, relative(1e-8));
  }
  compare('parameters', freeParameters(golden.covariance, states, inputs), golden.parameters);
  compare('bic', -2 * logLikelihoods.at(-1)! + golden.parameters * Math.log(rows), golden.bic);
  const ordered = traces(inOrder(parameters));
  for (const [to, from] of golden.orderByTrace.entries()) compare(`order ${to}`, ordered[to]!, traces(parameters)[from]!);

  const filtered = filterRows(parameters, all);
  const smooth = smoothed(parameters, training);
  const { path, logProbability } = viterbi(parameters, training);
  compare('Viterbi log probability', logProbability, golden.viterbiLogProbability);
  const compareRow = (what: string, actual: Float64Array, expected: readonly number[]): void => {
    for (const [j, value] of expected.entries()) compare(`${what} ${j}`, actual[j]!, value, (a, b) => Math.abs(a - b) <= 1e-9);
  };
  for (const { row, filter, smoothed: after, viterbi: state } of golden.rows) {
    compareRow(`filter of row ${row}`, filtered.rows.subarray(row * states), filter);
    compareRow(`smoothed row ${row}`, smooth.subarray(row * states), after);
    compare(`Viterbi state of row ${row}`, path[row]!, state);
  }
  const likely = Int32Array.from(path, (_, t) => mostLikely(filtered.rows.subarray(t * states, (t + 1) * states)));
  const count = (of: Int32Array, state: number): number => of.filter((one) => one === state).length;
  for (let j = 0; j < states; j++) {
    compare(`rows of Viterbi state ${j}`, count(path, j), golden.viterbiCounts[j]!);
    compare(`rows of filter state ${j}`, count(likely, j), golden.filterArgmaxCounts[j]!);
  }
  compare('rows where filter and Viterbi differ', likely.filter((state, t) => state !== path[t]).length, golden.filterDiffersFromViterbi);
  for (const { row, filter } of golden.outOfSample ?? []) compareRow(`filter of row ${row}`, filtered.rows.subarray(row * states), filter);
  if (golden.outOfSampleLogLikelihood !== undefined)
    compare(
      'log likelihood out of sample',
      filtered.logs.subarray(rows).reduce((sum, x) => sum + x, 0),
      golden.outOfSampleLogLikelihood,
      relative(1e-7),
    );
  return faults;
}

/** The rows of a case, standardised by its training part, and that part. */
function inputsOf(golden: HmmGolden, compare: (what: string, actual: number, wanted: number) => void) {
  if (golden.observations !== undefined) {
    const all = Float64Array.from(golden.observations.flat());
    return { all, training: all };
  }
  const bars = sharedBars(golden.file!, golden.sessions!);
  const all = regimeInputRows(bars, 0, bars.time.length, golden.window!);
  const trained = golden.trainRows! * 2;
  const column = (i: number) => all.subarray(0, trained).filter((_, at) => at % 2 === i);
  const mean = [0, 1].map((i) => column(i).reduce((sum, x) => sum + x, 0) / golden.trainRows!);
  const sd = [0, 1].map((i) => Math.sqrt(column(i).reduce((sum, x) => sum + (x - mean[i]!) ** 2, 0) / golden.trainRows!));
  for (const i of [0, 1]) {
    compare(`mean of input ${i}`, mean[i]! * 1e3, golden.inputMean![i]! * 1e3);
    compare(`deviation of input ${i}`, sd[i]!, golden.inputSd![i]!);
  }
  standardise(all, mean, sd);
  for (const [row, wanted] of golden.firstInputs!.entries())
    for (const [i, value] of wanted.entries()) compare(`input ${i} of row ${row}`, all[row * 2 + i]!, value);
  const training = all.subarray(0, trained);
  const ranked = flat(toModel(rankStart(training, 'diag', golden.init.start.length, 2)).means);
  for (const [i, value] of flat(golden.init.means).entries()) compare(`mean ${i} of the ranked start`, ranked[i]!, value);
  return { all, training };
}

function filterRows(parameters: HmmParameters, x: Float64Array): { readonly rows: Float64Array; readonly logs: Float64Array } {
  const { states, inputs } = parameters;
  const count = x.length / inputs;
  const filter = new HmmFilter(createMemory(), parameters);
  const rows = new Float64Array(count * states);
  const logs = new Float64Array(count);
  for (let t = 0; t < count; t++) {
    filter.next(x, t * inputs);
    logs[t] = filter.logLikelihood;
    rows.set(filter.probabilities, t * states);
  }
  return { rows, logs };
}

function flat(values: readonly unknown[]): readonly number[] {
  return values.flat(2) as number[];
}
