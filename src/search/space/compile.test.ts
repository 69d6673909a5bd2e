import { describe, expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { branch, choice, fixed, float, int, repeat, when } from './builders.ts';
import { activeIn, checkParams, encodeParams } from './codec.ts';
import { type CompiledSpace, compileSpace } from './compile.ts';
import { flatten, nest } from './nest.ts';
import type { FlatParams, SpaceShape } from './param.ts';

/** Names of the parameters that exist under the given values, in the space's order. */
function activeNames(space: CompiledSpace, params: FlatParams): readonly string[] {
  const active = activeIn(space, encodeParams(space, params));
  return space.params.flatMap(({ index, name }) => (active[index] === 1 ? [name] : []));
}

/** The error of a space that the type checker would not let through. */
function refusal(space: unknown): AssayError {
  try {
    compileSpace(space as SpaceShape);
  } catch (error) {
    if (error instanceof AssayError) return error;
    throw error;
  }
  throw new Error('the space was accepted');
}

describe('compileSpace refuses, naming the parameter', () => {
  test.each<[string, unknown, string, RegExp]>([
    ['low above high', { lr: float(1, 0.5) }, 'lr', /low 1 is above high 0.5/],
    ['low above high inside a branch', { opt: branch({ adam: { beta1: float(1, 0) } }) }, 'opt.adam.beta1', /above/],
    ['a log scale over zero', { lr: float(0, 1, { log: true }) }, 'lr', /log scale/],
    ['a log scale over negative numbers', { n: int(-3, 8, { log: true }) }, 'n', /log scale/],
    ['log together with step', { lr: float(0.1, 1, { log: true, step: 0.1 }) }, 'lr', /log and step/],
    ['log together with an int step', { n: int(1, 9, { log: true, step: 2 }) }, 'n', /log and step/],
    ['a step of zero', { q: float(0, 1, { step: 0 }) }, 'q', /step is 0/],
    ['a negative step', { n: int(0, 10, { step: -1 }) }, 'n', /step is -1/],
    ['a step wider than the range', { q: float(0, 1, { step: 2 }) }, 'q', /does not fit/],
    ['a fractional int bound', { n: int(0.5, 3) }, 'n', /low is 0.5/],
    ['a fractional int step', { n: int(0, 3, { step: 0.5 }) }, 'n', /step is 0.5/],
    ['NaN as a bound', { lr: float(Number.NaN, 1) }, 'lr', /low is NaN/],
    ['Infinity as a bound', { lr: float(0, Number.POSITIVE_INFINITY) }, 'lr', /high is Infinity/],
    ['a range wider than any number', { x: float(-1e308, 1.7e308) }, 'x', /too wide/],
    ['NaN as a step', { lr: float(0, 1, { step: Number.NaN }) }, 'lr', /step is NaN/],
    ['text as a bound', { lr: { type: 'float', low: '0', high: 1 } }, 'lr', /low is "0"/],
    ['an empty choice', { act: choice([]) }, 'act', /at least one value/],
    ['the same choice twice', { act: choice(['relu', 'relu']) }, 'act', /listed twice/],
    ['NaN as a choice', { act: choice([Number.NaN]) }, 'act', /cannot be a choice/],
    ['NUL in a choice', { act: choice(['relu\0']) }, 'act', /cannot be a choice/],
    ['an object as a choice', { act: { type: 'choice', choices: [{}] } }, 'act', /cannot be a choice/],
    ['a branch without cases', { opt: branch({}) }, 'opt', /at least one case/],
    ['a case whose parameter hides the case name', { opt: branch({ a: { name: float(0, 1) } }) }, 'opt.a.name', /cannot be called name/],
    ['a flat name reached twice', { opt: branch({ adam: { b: float(0, 1) } }), 'opt.adam.b': float(0, 1) }, 'opt.adam.b', /two parameters/],
    ['an empty name', { '': float(0, 1) }, 'space', /empty name/],
    ['a name with an operator', { 'lr<1': float(0, 1) }, 'lr<1', /cannot be the name/],
    ['a case name with a dot', { opt: branch({ 'a.b': {} }) }, 'opt.a.b', /cannot be the name/],
    ['a name that objects treat specially', JSON.parse('{"__proto__":{"type":"int","low":0,"high":1}}'), '__proto__', /cannot be the name/],
    ['an unknown type', { lr: { type: 'real', low: 0, high: 1 } }, 'lr', /no parameter type "real"/],
    ['an unknown field', { lr: { type: 'float', low: 0, high: 1, logg: true } }, 'lr', /unknown field "logg"/],
    ['a number in place of a parameter', { lr: 0.1 }, 'lr', /not a parameter/],
    ['a list in place of a space', [float(0, 1)], 'space', /object of named parameters/],
    ['a guard on nothing', { a: when({ param: 'b', in: [1] }, float(0, 1)) }, 'a', /does not have/],
    ['a guard on a value that cannot be', { n: int(1, 3), a: when({ param: 'n', in: [4] }, float(0, 1)) }, 'a', /n is 4/],
    ['a guard without values', { n: int(1, 3), a: when({ param: 'n', in: [] }, float(0, 1)) }, 'a', /when needs/],
    [
      'guards in a circle',
      { a: when({ param: 'b', in: [1] }, int(0, 1)), b: when({ param: 'a', in: [1] }, int(0, 1)) },
      'a',
      /depends on itself/,
    ],
    ['a list of negative length', { layers: repeat(-1, 2, {}) }, 'layers', /-1 to 2 items/],
    ['a wrong parameter in a list', { layers: repeat(1, 2, { width: int(2, 1) }) }, 'layers.0.width', /above/],
    ['nothing in place of a space', null, 'space', /object of named parameters/],
  ])('%s', (_, space, place, message) => {
    const error = refusal(space);
    expect(error.code).toBe('space_invalid');
    expect(error.place).toBe(place);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });
});

test('an end that no step meets is lowered, and said', () => {
  const space = compileSpace({
    n: int(16, 512, { step: 64 }),
    even: float(0, 1, { step: 0.1 }),
    kind: branch({ a: { x: float(0, 1, { step: 0.3 }) } }),
    list: repeat(1, 2, { k: int(0, 5, { step: 2 }) }),
  });
  expect(space.notes).toEqual([
    'n ends at 464, not at 512: steps of 64 from 16 do not meet it',
    'kind.a.x ends at 0.9, not at 1: steps of 0.3 from 0 do not meet it',
    'list.0.k ends at 4, not at 5: steps of 2 from 0 do not meet it',
  ]);
  expect(compileSpace(space.json).notes).toEqual([]);
});

describe('compileSpace', () => {
  const shape = {
    lr: float(1e-5, 1e-2, { log: true }),
    opt: branch({ sgd: {}, adam: { beta1: float(0.8, 0.99), amsgrad: branch({ on: { decay: float(0, 1) }, off: {} }) } }),
    layers: int(1, 4),
  };

  test('lays branches out flat, in the order of the names, with the case as a choice', () => {
    expect(compileSpace(shape).params.map(({ name }) => name)).toEqual([
      'layers',
      'lr',
      'opt',
      'opt.adam.amsgrad',
      'opt.adam.amsgrad.on.decay',
      'opt.adam.beta1',
    ]);
    expect(compileSpace(shape).byName.get('opt')?.param).toEqual({ type: 'choice', choices: ['adam', 'sgd'] });
  });

  test('lowers high to the last step, in decimal arithmetic', () => {
    expect(compileSpace({ q: float(0, 0.3, { step: 0.1 }) }).shape.q.high).toBe(0.3);
    expect(compileSpace({ q: float(0, 1, { step: 0.3 }) }).shape.q.high).toBe(0.9);
    expect(compileSpace({ q: float(-0.7, 0.75, { step: 0.1 }) }).shape.q.high).toBe(0.7);
    expect(compileSpace({ q: float(1e-7, 1e-6, { step: 3e-7 }) }).shape.q.high).toBe(1e-6);
    expect(compileSpace({ n: int(1, 10, { step: 4 }) }).shape.n.high).toBe(9);
  });

  test('knows parameters with only one value', () => {
    const space = compileSpace({ a: float(1, 1), b: int(3, 3), c: choice(['x']), d: branch({ only: {} }), e: float(0, 1) });
    expect(space.params.filter(({ single }) => single).map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('hashes equal spaces equally, whatever the order of keys and cases', () => {
    const reordered = {
      layers: int(1, 4, { step: 1 }),
      opt: branch({ adam: { amsgrad: branch({ off: {}, on: { decay: float(0, 1) } }), beta1: float(0.8, 0.99) }, sgd: {} }),
      lr: float(1e-5, 1e-2, { log: true }),
    };
    const [one, other] = [compileSpace(shape), compileSpace(reordered)];
    expect(other.hash).toBe(one.hash);
    expect(other.params).toEqual(one.params);
    expect(compileSpace({ ...shape, layers: int(1, 5) }).hash).not.toBe(one.hash);
  });

  test('comes back from its JSON as the same space', () => {
    const space = compileSpace(shape);
    const again = compileSpace(JSON.parse(JSON.stringify(space.json)));
    expect(again.json).toEqual(space.json);
    expect(again.params).toEqual(space.params);
    expect(again.hash).toBe(space.hash);
  });

  test('an empty space is a space', () => {
    expect(compileSpace({}).params).toEqual([]);
  });
});

describe('checkParams', () => {
  const space = compileSpace({
    lr: float(0, 1, { step: 0.1 }),
    n: int(1, 9, { step: 2 }),
    opt: branch({ adam: { beta1: float(0.8, 0.99) }, sgd: {} }),
  });
  const place = (params: Record<string, string | number>): string | undefined => {
    try {
      checkParams(space, params);
    } catch (error) {
      return (error as AssayError).place;
    }
    return undefined;
  };

  test('accepts what fits, and a step that binary arithmetic missed by a rounding error', () => {
    expect(place({ lr: 0.3, n: 5, opt: 'sgd' })).toBeUndefined();
    expect(place({ lr: 0.1 + 0.2, n: 9, opt: 'adam', 'opt.adam.beta1': 0.9 })).toBeUndefined();
  });

  test.each<[string, Record<string, string | number>, string]>([
    ['a value between steps', { lr: 0.35, n: 1, opt: 'sgd' }, 'lr'],
    ['a value out of range', { lr: 1.1, n: 1, opt: 'sgd' }, 'lr'],
    ['NaN', { lr: Number.NaN, n: 1, opt: 'sgd' }, 'lr'],
    ['a fractional int', { lr: 0, n: 1.5, opt: 'sgd' }, 'n'],
    ['text for a number', { lr: 0, n: '1', opt: 'sgd' }, 'n'],
    ['an unknown case', { lr: 0, n: 1, opt: 'lion' }, 'opt'],
    ['a missing parameter', { lr: 0, opt: 'sgd' }, 'n'],
    ['a missing parameter of the chosen case', { lr: 0, n: 1, opt: 'adam' }, 'opt.adam.beta1'],
    ['a parameter of another case', { lr: 0, n: 1, opt: 'sgd', 'opt.adam.beta1': 0.9 }, 'opt.adam.beta1'],
    ['an unknown parameter', { lr: 0, n: 1, opt: 'sgd', momentum: 0.9 }, 'momentum'],
    ['a name that every object inherits', { lr: 0, n: 1, opt: 'sgd', toString: 1 } as Record<string, string | number>, 'toString'],
  ])('refuses %s', (_, params, expected) => {
    expect(place(params)).toBe(expected);
  });

  test('knows which parameters exist under given choices', () => {
    expect(activeNames(space, { opt: 'adam' })).toEqual(['lr', 'n', 'opt', 'opt.adam.beta1']);
    expect(activeNames(space, { opt: 'sgd' })).toEqual(['lr', 'n', 'opt']);
  });
});

describe('lists and guards', () => {
  const space = compileSpace({
    layers: repeat(1, 3, { width: int(16, 64) }),
    alpha: when({ param: 'layers', in: [2, 3] }, float(0, 1)),
    mode: fixed('fast'),
  });

  test('a list becomes its length and guarded items', () => {
    expect(space.params.map(({ name }) => name)).toEqual(['layers', 'alpha', 'layers.0.width', 'layers.1.width', 'layers.2.width', 'mode']);
    expect(activeNames(space, { layers: 2 })).toEqual(['layers', 'alpha', 'layers.0.width', 'layers.1.width', 'mode']);
  });

  test('come back from their JSON as they were', () => {
    const again = compileSpace(JSON.parse(JSON.stringify(space.json)));
    expect([again.json, again.params, again.hash]).toEqual([space.json, space.params, space.hash]);
    expect(again.json).toMatchObject({ layers: { type: 'repeat', low: 1, high: 3 }, alpha: { when: { param: 'layers', in: [2, 3] } } });
  });

  test('nests into an array, without what does not exist', () => {
    const flat = { layers: 1, 'layers.0.width': 32, mode: 'fast' };
    expect(nest(space, flat)).toEqual({ layers: [{ width: 32 }], mode: 'fast' });
    expect(flatten(space, { layers: [{ width: 32 }], mode: 'fast' })).toEqual(flat);
    expect(() => flatten(space, { layers: [{ width: 32 }], mode: 'fast', alpha: 0.5 })).toThrow(/does not exist/);
  });
});
