import { expect, test } from 'vitest';
import { variedArms, withheldArms } from './arms.ts';

test('each value of a key is an arm, and keys are combined; values are written as in YAML', () => {
  expect(variedArms(['environment.overnight=flat', 'environment.overnight=hold'])).toEqual([
    { name: 'environment.overnight=flat', settings: { 'environment.overnight': 'flat' } },
    { name: 'environment.overnight=hold', settings: { 'environment.overnight': 'hold' } },
  ]);
  const names = variedArms(['a=1', 'b=x', 'a=[2, 3]', 'b=y=z']).map(({ name, settings }) => [name, settings]);
  expect(names).toEqual([
    ['a=1, b=x', { a: 1, b: 'x' }],
    ['a=1, b=y=z', { a: 1, b: 'y=z' }],
    ['a=[2,3], b=x', { a: [2, 3], b: 'x' }],
    ['a=[2,3], b=y=z', { a: [2, 3], b: 'y=z' }],
  ]);
});

test('a key without a value, with one value or with the same twice is refused', () => {
  expect(() => variedArms(['overnight'])).toThrow(/has no value/);
  expect(() => variedArms(['a=1'])).toThrow(/a has one value/);
  expect(() => variedArms(['a=1', 'a=1'])).toThrow(/a=1 is there twice/);
  expect(() => variedArms(['a=[1', 'a=2'])).toThrow(/is no value/);
});

test('features are seen, hidden, and in the wrong session', () => {
  expect(withheldArms(['ofi_*']).map(({ name, settings }) => [name, settings['withhold']])).toEqual([
    ['with', undefined],
    ['without', { features: ['ofi_*'], how: 'zero' }],
    ['shuffled', { features: ['ofi_*'], how: 'shuffle' }],
  ]);
});
