import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { evaluate } from '../graph/evaluate.ts';
import { input, matmul } from '../graph/ops/index.ts';
import { causalConv } from './causal-conv.ts';
import { filledWith } from './initial.ts';
import { lstm } from './lstm.ts';
import { mamba } from './mamba.ts';
import { mamba2 } from './mamba2.ts';
import { mlp } from './mlp.ts';
import { layerNorm, rmsNorm } from './norm.ts';
import { initialise, layoutOf } from './parameters.ts';
import { polyak } from './polyak.ts';
import { ssmDefaults } from './ssm-stack.ts';

describe('a layer whose input does not fit', () => {
  test('names itself and the shape that it was given', () => {
    const x = input('x', [4, 7]);
    const sequence = [input('x', [3, 4, 7]), input('starts', [3, 4, 1])] as const;
    for (const [layer, apply] of [
      ['actor/0', () => mlp('actor', [26, 8, 2]).apply({}, x)],
      ['encoder/norm', () => layerNorm('encoder/norm', 8).apply({}, x)],
      ['actor/ssm/norm', () => rmsNorm('actor/ssm/norm', 8).apply({}, x)],
      ['critic/lstm', () => lstm('critic/lstm', 8, 4).sequence({}, ...sequence, null)],
      ['actor/ssm/0/conv', () => causalConv('actor/ssm/0/conv', 8, 4).step({}, x, input('state', [4, 24]))],
      ['actor/ssm/0/conv', () => causalConv('actor/ssm/0/conv', 8, 4).sequence({}, input('past', [5, 4, 7]), input('w', [8, 8]), [0, 8])],
      ['actor/ssm/0/in_proj', () => mamba('actor/ssm/0', ssmDefaults).sequence({}, ...sequence, null)],
      ['actor/ssm/1/in_proj', () => mamba2('actor/ssm/1', ssmDefaults).sequence({}, ...sequence, null)],
    ] as const)
      expect(apply, layer).toThrow(
        expect.objectContaining({ code: 'shape_invalid', place: `layer ${layer}`, message: expect.stringContaining('7]') }),
      );
  });
});

describe('an op whose shapes do not fit', () => {
  test('names the line of the model that called it', () => {
    const model = () => matmul(input('x', [3, 4]), input('y', [5, 6]));
    expect(model).toThrow(expect.objectContaining({ place: expect.stringMatching(/^op matmul, called at .*nn\.test\.ts:\d+:\d+$/) }));
  });
});

describe('mlp', () => {
  test('has the parameters of its layers, named by place', () => {
    const { parameters } = mlp('actor', [26, 256, 256, 4]);
    expect(parameters.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['actor/0/kernel', 26, 256],
      ['actor/0/bias', 256],
      ['actor/1/kernel', 256, 256],
      ['actor/1/bias', 256],
      ['actor/2/kernel', 256, 4],
      ['actor/2/bias', 4],
    ]);
    expect(layoutOf(parameters).size).toBe(26 * 256 + 256 + 256 * 256 + 256 + 256 * 4 + 4);
  });
});

describe('initialise', () => {
  const layout = layoutOf([...mlp('a', [100, 50]).parameters, { name: 'one', shape: [2], initial: filledWith(1) }]);

  test('draws linear layers uniformly in +-1/sqrt(inputs)', () => {
    const vector = initialise(layout, createRng(1)).subarray(0, 5050);
    expect(Math.max(...vector)).toBeLessThanOrEqual(0.1);
    expect(Math.max(...vector)).toBeGreaterThan(0.099);
    expect(Math.min(...vector)).toBeLessThan(-0.099);
    const variance = vector.reduce((total, x) => total + x * x, 0) / vector.length;
    expect(Math.abs(variance - 0.01 / 3)).toBeLessThan(0.0002);
  });

  test('gives a parameter the same values whatever stands before it', () => {
    const kernel = initialise(layout, createRng(1)).subarray(0, 5000);
    const alone = layoutOf([{ name: 'other', shape: [7], initial: filledWith(3) }, ...mlp('a', [100, 50]).parameters]);
    expect(initialise(alone, createRng(1)).subarray(7, 5007)).toEqual(kernel);
    expect([...initialise(layout, createRng(1)).subarray(5050)]).toEqual([1, 1]);
  });
});

describe('polyak', () => {
  test('moves the target by tau: .005 of 2 into 1 is 1.005', () => {
    const value = polyak(input('target', [1]), input('online', [1]), 0.005);
    expect(evaluate({ outputs: { value } }, { target: [1], online: [2] }).outputs['value']![0]).toBeCloseTo(1.005, 12);
  });
});
