import { expect, test } from 'vitest';
import { AssayError } from '../core/errors.ts';
import { problemOf } from './problem.ts';

test.each([
  ['metric', [{ field: 'metric', message: 'there is none' }]],
  ['params.lr', [{ field: 'params.lr', message: 'there is none' }]],
  ['/home/ada/data/artifacts/ab/cdef', []],
  ['s3://bucket/assay/ab/cdef', []],
  ['https://store.example/bucket/ab/cdef', []],
])('an error at %s names it to a client only if it is a field of the request', (place, errors) => {
  expect(problemOf(new AssayError('not_found', 'there is none', { place })).errors).toEqual(errors);
});
