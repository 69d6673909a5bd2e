import { describe, expect, test } from 'vitest';
import { smoothed } from '../../../tests/fixtures/smoothed.ts';
import { createRng } from '../../core/rng.ts';
import { createMemory } from '../memory.ts';
import { baumWelch } from './baum-welch.ts';
import { viterbi } from './decode.ts';
import { expectation, workspaceOf } from './expectation.ts';
import { expectation3x2 } from './expectation-3x2.ts';
import { HmmFilter, mostLikely } from './filter.ts';
import { fitHmm } from './fit.ts';
import { freeParameters, fromModel, type HmmModel, inOrder, toModel, traces } from './model.ts';
import { randomStart, rankStart } from './starts.ts';

/** EVALUATION.md's worked model: calm N(0, 1) and turbulent N(0, 9). */
const worked: HmmModel = {
  covariance: 'diag',
  start: [0.5, 0.5],
  transition: [
    [0.9, 0.1],
    [0.2, 0.8],
  ],
  means: [[0], [0]],
  covariances: [[1], [9]],
};

/** Rows of two inputs from three regimes that last. */
function regimeRows(rows: number, seed = 'regimes'): Float64Array {
  const rng = createRng(seed);
  const scales = [0.3, 1, 2.5];
  const x = new Float64Array(rows * 2);
  let state = 0;
  for (let t = 0; t < rows; t++) {
    if (rng.uniform() < 0.03) state = rng.int(3);
    x[2 * t] = scales[state]! * rng.normal();
    x[2 * t + 1] = scales[state]! - 1 + 0.3 * rng.normal();
  }
  return x;
}

const options = { states: 3, inputs: 2, covariance: 'diag', randomStarts: 4, seed: 1 } as const;

function filtered(model: HmmModel, x: Float64Array): Float64Array[] {
  const parameters = fromModel(model);
  const filter = new HmmFilter(createMemory(), parameters);
  return Array.from({ length: x.length / parameters.inputs }, (_, t) => {
    filter.next(x, t * parameters.inputs);
    return filter.probabilities.slice();
  });
}

describe('the filter', () => {
  const x = Float64Array.of(0.5, 4, 0.2);

  test('has the worked probabilities and likelihood', () => {
    const filter = new HmmFilter(createMemory(), fromModel(worked));
    const logs = [0, 1, 2].map((t) => {
      filter.next(x, t);
      return filter.logLikelihood;
    });
    expect(filtered(worked, x).map(([calm]) => calm)).toEqual([0.728594, 0.005958, 0.430553].map((p) => expect.closeTo(p, 6)));
    expect(logs.reduce((sum, log) => sum + log, 0)).toBeCloseTo(-7.243894, 6);
    expect(filtered(worked, x).map(mostLikely)).toEqual([0, 1, 1]);
  });

  test('differs from smoothing and from the Viterbi path, which look ahead', () => {
    const after = smoothed(fromModel(worked), x);
    expect([after[0], after[2], after[4]]).toEqual([0.259142, 0.011734, 0.430553].map((p) => expect.closeTo(p, 6)));
    const { path, logProbability } = viterbi(fromModel(worked), x);
    expect([...path]).toEqual([1, 1, 1]);
    expect(logProbability).toBeCloseTo(-8.097087, 6);
  });

  test('at every row is the last row of the smoothing of the rows so far', () => {
    const { model } = fitHmm(regimeRows(300), options);
    const rows = regimeRows(120, 'later');
    for (const [t, probabilities] of filtered(model, rows).entries()) {
      const posterior = smoothed(fromModel(model), rows.subarray(0, 2 * (t + 1))).subarray(3 * t);
      for (let j = 0; j < 3; j++) expect(probabilities[j]).toBeCloseTo(posterior[j]!, 12);
    }
  });

  test('survives inputs far outside the training data, and a model that cannot reach the state they are from', () => {
    const [far] = filtered(worked, Float64Array.of(1e6));
    expect(mostLikely(far!)).toBe(1);
    const stuck: HmmModel = {
      ...worked,
      start: [1, 0],
      transition: [
        [1, 0],
        [0, 1],
      ],
    };
    const [, second] = filtered(stuck, Float64Array.of(0, 1e6));
    expect([...second!].every(Number.isFinite)).toBe(true);
    expect(second![0]! + second![1]!).toBeCloseTo(1, 12);
  });
});

/** Three regimes of two inputs far from each other; from one to another the chance is `leave`. */
function apart(leave: number): HmmModel {
  return {
    covariance: 'diag',
    start: [1 - 2 * leave, leave, leave],
    transition: [0, 1, 2].map((j) => [0, 1, 2].map((i) => (i === j ? 1 - 2 * leave : leave))),
    means: [
      [0, 0],
      [50, 0],
      [0, 50],
    ],
    covariances: [0, 1, 2].map(() => [1, 1]),
  };
}

test('three states of two inputs have probabilities also where the only state that explains the inputs can hardly be reached', () => {
  const [, second, third] = filtered(apart(1e-310), Float64Array.of(0, 0, 50, 0, 50, 0));
  for (const probabilities of [second!, third!]) expect([...probabilities]).toEqual([0, expect.closeTo(1, 12), 0]);
});

describe('a fit', () => {
  const x = regimeRows(1500);

  test('finds the regimes, in rising order of variance', () => {
    const { model, starts, logLikelihood } = fitHmm(x, options);
    expect(model.covariances.map(([variance]) => Math.sqrt(variance as number))).toEqual([0.3, 1, 2.5].map((s) => expect.closeTo(s, 0)));
    expect(model.transition.map((row, j) => row[j]! > 0.9)).toEqual([true, true, true]);
    expect(starts).toHaveLength(5);
    expect(Math.max(...starts.map((one) => one.logLikelihood ?? Number.NEGATIVE_INFINITY))).toBe(logLikelihood);
  });

  test('is the same from a start with its states in another order', () => {
    const start = toModel(rankStart(x, 'diag', 3, 2));
    const order = [2, 0, 1];
    const permuted: HmmModel = {
      covariance: 'diag',
      start: order.map((j) => start.start[j]!),
      transition: order.map((j) => order.map((i) => start.transition[j]![i]!)),
      means: order.map((j) => start.means[j]!),
      covariances: order.map((j) => start.covariances[j] as number[]),
    };
    const fitted = (model: HmmModel) => {
      const found = baumWelch(fromModel(model), x, { iterations: 50, tolerance: 1e-6, floor: 1e-6, leastWeight: 20 });
      if ('failed' in found) throw new Error(found.failed);
      return toModel(inOrder(found.parameters));
    };
    const [a, b] = [fitted(start), fitted(permuted)];
    for (const part of ['start', 'transition', 'means', 'covariances'] as const)
      for (const [i, value] of (a[part].flat(2) as number[]).entries()) expect(value).toBeCloseTo((b[part].flat(2) as number[])[i]!, 9);
  });

  test('never lowers the likelihood, also with full covariances', () => {
    for (const covariance of ['diag', 'full'] as const) {
      const found = baumWelch(randomStart(x, covariance, 3, 2, createRng(3)), x, {
        iterations: 30,
        tolerance: 0,
        floor: 0,
        leastWeight: 0,
      });
      if ('failed' in found) throw new Error(found.failed);
      for (const [i, value] of found.logLikelihoods.slice(1).entries())
        expect(value).toBeGreaterThanOrEqual(found.logLikelihoods[i]! - 1e-7);
    }
  });

  test('of full covariances finds inputs that go together', () => {
    const rng = createRng('together');
    const together = new Float64Array(2000).map(() => rng.normal());
    for (let t = 0; t < 1000; t++) together[2 * t + 1] = 0.9 * together[2 * t]! + 0.1 * together[2 * t + 1]!;
    const { model } = fitHmm(together, { ...options, states: 1, covariance: 'full' });
    const [[a, b], [, c]] = model.covariances[0] as unknown as [[number, number], [number, number]];
    expect(b / Math.sqrt(a * c)).toBeGreaterThan(0.98);
  });

  test('drops starts with a state that almost no row belongs to, and says so where none is left', () => {
    expect(() => fitHmm(regimeRows(40), options)).toThrow(
      expect.objectContaining({ code: 'data_invalid', place: 'dead state', hint: expect.stringContaining('fewer states') }),
    );
  });

  test('counts its parameters', () => {
    expect([1, 2, 3, 4, 5].map((states) => freeParameters('diag', states, 2))).toEqual([4, 11, 20, 31, 44]);
    expect(freeParameters('full', 2, 2)).toBe(13);
  });

  test('of three states and two inputs has the sums of the general form', () => {
    const start = rankStart(x, 'diag', 3, 2);
    const general = expectation(start, x, workspaceOf(1500, 3))!;
    const unrolled = expectation3x2(start, x, workspaceOf(1500, 3))!;
    expect(unrolled.logLikelihood / general.logLikelihood).toBeCloseTo(1, 13);
    for (const part of ['first', 'weights', 'moves', 'sums', 'squares'] as const)
      for (const [i, value] of general[part].entries()) expect(unrolled[part][i], `${part} ${i}`).toBeCloseTo(value, 8);
    expect(traces(start)).toHaveLength(3);
  });

  test('of three states and two inputs has the likelihood of the general form also where moves are all but impossible', () => {
    const moves = Float64Array.of(0, 0, 50, 0, 0, 50, 50, 0, 0, 0);
    for (const leave of [1e-110, 1e-150, 1e-190]) {
      const start = fromModel(apart(leave));
      const general = expectation(start, moves, workspaceOf(5, 3))!;
      const unrolled = expectation3x2(start, moves, workspaceOf(5, 3));
      expect(unrolled?.logLikelihood).toBeCloseTo(general.logLikelihood, 8);
    }
  });
});
