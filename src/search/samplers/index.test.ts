import { expect, test } from 'vitest';
import { AssayError } from '../../core/errors.ts';
import { samplerOf, tpe } from './index.ts';

function refusal(act: () => unknown): AssayError {
  try {
    act();
  } catch (error) {
    if (error instanceof AssayError) return error;
  }
  throw new Error('nothing was refused');
}

test('an unknown sampler is refused with the known ones', () => {
  const error = refusal(() => samplerOf({ id: 'tpee', options: {} }));
  expect(error.code).toBe('study_invalid');
  expect(error.hint).toMatch(/random, tpe/);
  expect(refusal(() => samplerOf({ id: 'toString', options: {} })).code).toBe('study_invalid');
});

test('an unknown option is refused with the known ones', () => {
  const error = refusal(() => samplerOf({ id: 'tpe', options: { startup: 3 } }));
  expect(error.message).toMatch(/startup/);
  expect(error.hint).toMatch(/startupTrials/);
});

test('an option out of range is refused by name', () => {
  expect(refusal(() => tpe({ candidates: 0 })).message).toMatch(/candidates/);
  expect(refusal(() => tpe({ priorWeight: Number.NaN })).message).toMatch(/priorWeight/);
  expect(refusal(() => samplerOf({ id: 'random', options: 3 })).code).toBe('study_invalid');
});

test('a reference stores every option, so that new defaults do not change existing studies', () => {
  // Options that are null follow from `release`, which is stored.
  expect(tpe().options).toEqual({
    release: '5',
    startupTrials: 10,
    candidates: 24,
    multivariate: null,
    group: null,
    constantLiar: null,
    priorWeight: 1,
    magicClip: true,
    endpoints: false,
    gamma: 'default',
  });
});
