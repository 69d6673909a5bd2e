import { expect, test } from 'vitest';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import { assembleChecks, type StoredChecks } from './assemble.ts';

type Checked = StoredChecks['policies'][number];

const here: RuntimeInfo = { assay: '0.1.0', node: '22.13.0', platform: 'linux-x64', cpu: 'one', device: 'cpu' };
const looked = { rows: 1, changed: 0, first: null };
const different: Checked = {
  seed: 1,
  fold: 0,
  cut: looked,
  noise: looked,
  differsAt: 7,
  largestDifference: 1e-10,
  stress: { 'costs-x2': [], 'one-bar-late': [], 'half-volume': [] },
  ranOn: here,
};
const repeated = (evaluatedOn: RuntimeInfo | null, checked: Checked = different) =>
  assembleChecks(
    { data: null, features: new Map(), policies: [checked] },
    [{ seed: 1, folds: [{ dailyReturns: [], ranOn: evaluatedOn }] }],
    [0],
  )!.deterministic;

test('a repetition on the same kind of machine, or on one that is not known, must agree in every bit', () => {
  const refused = { repeated: 1, different: 1, first: 'seed 1, fold 0' };
  expect(repeated(here)).toEqual(refused);
  expect(repeated({ ...here, assay: '0.2.0' })).toEqual(refused);
  expect(repeated(null)).toEqual(refused);
  expect(repeated(here, { ...different, ranOn: null })).toEqual(refused);
  expect(repeated(here, { ...different, differsAt: null })).toEqual({ repeated: 1, different: 0, first: null });
});

test.each(['node', 'platform', 'cpu', 'device'])('on another %s the largest difference is kept for the gate', (fact) => {
  const elsewhere = { ...here, [fact]: 'another' };
  expect(repeated(elsewhere)).toEqual({ repeated: 1, different: 0, first: null, elsewhere: [1e-10] });
  // Bits that agree are no difference, and another number of returns is one anywhere.
  expect(repeated(elsewhere, { ...different, differsAt: null })).toEqual({ repeated: 1, different: 0, first: null });
  const { largestDifference: _, ...shorter } = different;
  expect(repeated(elsewhere, shorter)).toMatchObject({ different: 1 });
});
