import { expect, test } from 'vitest';
import { placeOf } from './artifact-path.ts';
import { rangeOf } from './artifacts.ts';
import { MlflowFault } from './fault.ts';

const run = 'a'.repeat(32);
const model = `m-${'b'.repeat(32)}`;

test('a path names a run or a model and what lies below it', () => {
  expect(placeOf(`1/${run}/artifacts/notes/a%20b%25.txt`)).toEqual({ experiment: '1', owner: run, path: 'notes/a b%.txt' });
  expect(placeOf(`1/models/${model}/artifacts/MLmodel`)).toEqual({ experiment: '1', owner: model, path: 'MLmodel' });
  expect(placeOf(`1/${run}/artifacts/`)).toEqual({ experiment: '1', owner: run, path: '' });
});

test.each([
  `1/${run}/artifacts/../../x`,
  `1/${run}/artifacts/%2e%2e/x`,
  `1/${run}/artifacts/%2E./x`,
  `1/${run}/artifacts/./x`,
  `1/${run}/artifacts//x`,
  `1/${run}/artifacts/a%2Fb`,
  `1/${run}/artifacts/a%5Cb`,
  `1/${run}/artifacts/a%00`,
  `1/${run}/artifacts/%zz`,
  `1/${run}/other/x`,
  `1/${run.slice(1)}/artifacts/x`,
  `1/models/${run}/artifacts/x`,
  `1/${run}/artifacts/${'x'.repeat(1001)}`,
  '',
])('%s is no path of an artifact', (path) => {
  expect(() => placeOf(path)).toThrow(MlflowFault);
});

test('a range is one of bytes that are there', () => {
  expect(rangeOf('bytes=0-9', 100)).toEqual({ start: 0, end: 9 });
  expect(rangeOf('bytes=90-', 100)).toEqual({ start: 90, end: 99 });
  expect(rangeOf('bytes=-10', 100)).toEqual({ start: 90, end: 99 });
  expect(rangeOf('bytes=0-1000', 100)).toEqual({ start: 0, end: 99 });
  expect(rangeOf('bytes=0-1,5-6', 100)).toBeNull();
  expect(rangeOf('lines=1-2', 100)).toBeNull();
  expect(rangeOf(null, 100)).toBeNull();
  expect(() => rangeOf('bytes=100-', 100)).toThrow(MlflowFault);
  expect(() => rangeOf('bytes=-0', 0)).toThrow(MlflowFault);
});
