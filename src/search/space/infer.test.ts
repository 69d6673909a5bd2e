import { expectTypeOf, test } from 'vitest';
import { branch, choice, fixed, float, int, repeat, when } from './builders.ts';
import { compileSpace } from './compile.ts';
import type { Infer } from './infer.ts';
import { nest } from './nest.ts';

const shape = {
  lr: float(1e-5, 3e-3, { log: true }),
  layers: int(1, 4),
  act: choice(['relu', 'silu']),
  mixed: choice([1, 'two', true, null]),
  opt: branch({ adam: { beta1: float(0.8, 0.99), inner: branch({ a: { k: int(0, 1) }, b: {} }) }, sgd: {} }),
};

test('the type of the values follows from the declaration', () => {
  type Params = Infer<typeof shape>;
  expectTypeOf<Params['lr']>().toEqualTypeOf<number>();
  expectTypeOf<Params['layers']>().toEqualTypeOf<number>();
  expectTypeOf<Params['act']>().toEqualTypeOf<'relu' | 'silu'>();
  expectTypeOf<Params['mixed']>().toEqualTypeOf<1 | 'two' | true | null>();
  expectTypeOf<Params['opt']>().toEqualTypeOf<
    { name: 'adam'; beta1: number; inner: { name: 'a'; k: number } | { name: 'b' } } | { name: 'sgd' }
  >();
});

test('a branch is narrowed by its name', () => {
  const space = compileSpace(shape);
  const params = nest(space, { lr: 1e-4, layers: 2, act: 'relu', mixed: null, opt: 'adam', 'opt.adam.beta1': 0.9, 'opt.adam.inner': 'b' });
  if (params.opt.name === 'adam') expectTypeOf(params.opt.beta1).toEqualTypeOf<number>();
  else expectTypeOf(params.opt).toEqualTypeOf<{ name: 'sgd' }>();
});

test('mistakes do not typecheck', () => {
  // @ts-expect-error a bound is a number
  float('0', 1);
  // @ts-expect-error there is no such option
  int(0, 1, { logarithmic: true });
  // @ts-expect-error a choice is a plain value
  choice([{}]);
  // @ts-expect-error a case holds parameters
  branch({ adam: 3 });
});

test('lists, guarded and fixed parameters have their types', () => {
  const more = {
    layers: repeat(1, 3, { width: int(16, 256), act: choice(['relu', 'silu']) }),
    depth: int(1, 4),
    skip: when({ param: 'depth', in: [3, 4] }, float(0, 1)),
    mode: fixed('fast'),
  };
  expectTypeOf<Infer<typeof more>>().toEqualTypeOf<{
    layers: { width: number; act: 'relu' | 'silu' }[];
    depth: number;
    skip?: number;
    mode: 'fast';
  }>();
});
