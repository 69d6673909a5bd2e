import { describe, expect, test } from 'vitest';
import { createRng } from '../../core/rng.ts';
import { suggestUniform } from '../samplers/random/random.ts';
import { branch, choice, fixed, float, int, repeat, when } from './builders.ts';
import { compileSpace } from './compile.ts';
import { diffSpaces } from './diff.ts';
import type { FlatParams } from './param.ts';
import { pinSpace } from './pin.ts';

const space = compileSpace({
  lr: float(1e-5, 1e-1, { log: true }),
  q: float(0, 1, { step: 0.25 }),
  depth: int(1, 4),
  skip: when({ param: 'depth', in: [3, 4] }, float(0, 1)),
  act: choice(['relu', 'silu']),
  mode: fixed('fast'),
  opt: branch({ adam: { beta: float(0, 1) }, sgd: {} }),
  layers: repeat(1, 3, { width: int(1, 9) }),
});

describe('setting parameters', () => {
  test('holds them at their value in every trial, and takes away what cannot exist beside them', () => {
    const values = { lr: 1e-3, q: 0.5, depth: 2, act: 'silu', mode: 'exact', opt: 'sgd', layers: 2 };
    const pinned = pinSpace(space, values);
    expect(suggestUniform(pinned, createRng(1))).toMatchObject(values);
    expect([...pinned.byName.keys()].sort()).toEqual([
      'act',
      'depth',
      'layers',
      'layers.0.width',
      'layers.1.width',
      'lr',
      'mode',
      'opt',
      'q',
    ]);
    expect(pinSpace(space, { 'opt.adam.beta': 0.5, depth: 4 }).byName.get('skip')!.guards).toHaveLength(1);
  });

  test('of nothing changes nothing; setting a searched one is a breaking change of the space', () => {
    expect(pinSpace(space, {}).hash).toBe(space.hash);
    expect(diffSpaces(space, pinSpace(space, { act: 'relu' }))).toEqual([{ name: 'act', kind: 'narrowed', breaking: true }]);
  });

  test.each<[FlatParams, string, RegExp, RegExp]>([
    [{ lrr: 1 }, 'lrr', /no such parameter/, /did you mean lr\?/],
    [{ lr: 1 }, 'lr', /does not fit/, /a number from 0.00001 to 0.1/],
    [{ lr: '1e-3' }, 'lr', /does not fit/, /a number/],
    [{ q: 0.3 }, 'q', /does not fit/, /steps of 0.25/],
    [{ depth: 2.5 }, 'depth', /does not fit/, /a whole number from 1 to 4/],
    [{ act: 'gelu' }, 'act', /does not fit/, /"relu", "silu"/],
    [{ mode: 3 }, 'mode', /does not fit/, /another string/],
    [{ 'opt.adam.beta': 0.5, opt: 'sgd' }, 'opt.adam.beta', /does not exist/, /leave it out/],
    [{ skip: 0.5, depth: 1 }, 'skip', /does not exist/, /leave it out/],
    [{ 'layers.0.width': 3 }, 'layers.0.width', /one by one/, /number of items/],
  ])('%j is refused', (values, place, message, hint) => {
    expect(() => pinSpace(space, values)).toThrow(
      expect.objectContaining({
        code: 'params_invalid',
        place,
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      }),
    );
  });
});
