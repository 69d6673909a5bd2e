import { expect, test } from 'vitest';
import { branch, choice, float, int } from './builders.ts';
import { compileSpace } from './compile.ts';
import { middleParams } from './middle.ts';

const space = compileSpace({
  lr: float(1e-4, 1e-2, { log: true }),
  share: float(0, 1),
  grid: float(0, 1, { step: 0.25 }),
  layers: int(1, 4),
  width: choice([32, 64, 128]),
  optimizer: branch({ adam: { beta: float(0.8, 0.9) }, sgd: { momentum: float(0, 0.5) } }),
});

test('the middle of a range, geometric where it is log; the middle choice; what a branch needs', () => {
  const { lr, 'optimizer.adam.beta': beta, ...others } = middleParams(space, {});
  expect(lr).toBeCloseTo(1e-3, 12);
  expect(beta).toBeCloseTo(0.85, 12);
  expect(others).toEqual({ share: 0.5, grid: 0.5, layers: 3, width: 64, optimizer: 'adam' });
});

test('given values are kept, also where other parameters depend on them', () => {
  expect(middleParams(space, { optimizer: 'sgd', layers: 4 })).toMatchObject({
    optimizer: 'sgd',
    'optimizer.sgd.momentum': 0.25,
    layers: 4,
  });
});

test('a given value that does not fit, is unknown or does not exist under the others is refused', () => {
  for (const [given, place] of [
    [{ lr: 1 }, 'lr'],
    [{ rate: 1 }, 'rate'],
    [{ 'optimizer.sgd.momentum': 0.1 }, 'optimizer.sgd.momentum'],
  ] as const)
    expect(() => middleParams(space, given)).toThrow(expect.objectContaining({ code: 'params_invalid', place }));
});
