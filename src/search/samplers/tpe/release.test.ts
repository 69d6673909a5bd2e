import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { float } from '../../space/builders.ts';
import { compileSpace } from '../../space/compile.ts';
import type { Direction, Observation } from '../../trial/history.ts';
import { Columns } from './columns.ts';
import { Estimator } from './estimator.ts';
import { goodWeights } from './good-weights.ts';
import { settledOptions, tpeOptions } from './options.ts';
import { sides, splitTrials } from './split.ts';
import { ageingWeights, belowCount } from './weights.ts';

type TpeInput = z.input<typeof tpeOptions>;

const space = compileSpace({ x: float(0, 4), y: float(0, 1) });
const optionsOf = (input: TpeInput) => settledOptions(tpeOptions.parse(input));
const older = optionsOf({ release: '4.9' });

function columnsOf(
  directions: readonly Direction[],
  trials: readonly { values: readonly number[]; constraints?: readonly number[] }[],
): Columns {
  const columns = new Columns(space, directions);
  const params = (i: number) => ({ x: (i * 0.37) % 4, y: (i * 0.61) % 1 });
  columns.advance(
    trials.map((trial, number): Observation => ({ state: 'complete', number, params: params(number), value: trial.values[0]!, ...trial })),
  );
  return columns;
}

describe('the rules of release 4.9', () => {
  test('parameters are modelled separately and running trials ignored by default', () => {
    expect(older).toMatchObject({ multivariate: false, group: false, constantLiar: false });
    expect(optionsOf({ release: '4.9', multivariate: true, constantLiar: true })).toMatchObject({
      multivariate: true,
      group: false,
      constantLiar: true,
    });
    expect(optionsOf({})).toMatchObject({ multivariate: true, group: true, constantLiar: true });
  });

  test('good trials are at most 25 whatever the number of objectives', () => {
    expect(belowCount(1000, older, 2)).toBe(25);
    expect(belowCount(1000, optionsOf({}), 2)).toBe(100);
    expect(belowCount(1000, optionsOf({ gamma: 'hyperopt' }), 2)).toBe(8);
  });

  test('the width of joint kernels depends on their number and the number of parameters only', () => {
    const columns = columnsOf(
      ['minimize'],
      Array.from({ length: 60 }, (_, i) => ({ values: [i] })),
    );
    const { kernels } = followed(columns, 60, optionsOf({ release: '4.9', multivariate: true }));
    kernels.axes.forEach(({ low, high }, axis) => {
      for (let k = 0; k < 60; k++) expect(kernels.width(k, axis)).toBeCloseTo(0.2 * 60 ** (-1 / 6) * (high - low), 12);
    });
  });

  test('good trials of several objectives are weighted by their contribution to the hypervolume, as a share of the largest', () => {
    // From the reference point (4.4, 4.4) the front (1, 4), (2, 2), (4, 1) adds 1 x 0.4, 2 x 2 and 0.4 x 1; (4, 4) is dominated.
    const columns = columnsOf(['minimize', 'minimize'], [{ values: [1, 4] }, { values: [2, 2] }, { values: [4, 4] }, { values: [4, 1] }]);
    const slots = Int32Array.of(0, 1, 2, 3);
    const weights = goodWeights(columns, new Uint8Array(4).fill(sides.below), older)(slots);
    expect(weights.of(1)).toBe(1);
    expect(weights.of(0)).toBeCloseTo(0.1, 12);
    expect(weights.of(2)).toBe(1e-12);
    expect(weights.of(3)).toBeCloseTo(0.1, 12);
    const alike = goodWeights(columns, new Uint8Array(4).fill(sides.below), optionsOf({}))(slots);
    expect([0, 1, 2, 3].map(alike.of)).toEqual([1, 1, 1, 1]);
  });

  test('in a study with constraints a trial without any ranks behind all infeasible ones', () => {
    const columns = columnsOf(['minimize'], [{ values: [0] }, { values: [1], constraints: [5] }, { values: [2], constraints: [-1] }]);
    const below = (options: TpeInput): readonly number[] => {
      const split = splitTrials(columns, 2, optionsOf(options));
      return [0, 1, 2].filter((slot) => split[slot] === sides.below);
    };
    expect(below({ release: '4.9' })).toEqual([1, 2]);
    expect(below({})).toEqual([0, 2]);
  });
});

function followed(columns: Columns, count: number, options: ReturnType<typeof settledOptions>): Estimator {
  const estimator = new Estimator(space.params, options);
  estimator.follow(
    Int32Array.from({ length: count }, (_, i) => i),
    columns,
    ageingWeights(count, 1),
  );
  return estimator;
}
