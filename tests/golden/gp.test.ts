import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkGp, checkLogEi, type GpGolden } from './gp.ts';
import { readGolden } from './read.ts';

const golden = readGolden<GpGolden>(fileURLToPath(new URL('../fixtures/golden/gp.json', import.meta.url)));

describe('the Gaussian process gives the reference inputs, likelihood, prior, predictions and acquisition', () => {
  golden.cases.forEach((one, i) => {
    test(`case ${i}: ${one.params.length} trials of ${Object.keys(one.search_space).join(', ')}`, () => {
      expect(checkGp(one)).toEqual([]);
    });
  });

  test('the logarithm of the expected improvement is accurate far into the tail', () => {
    expect(checkLogEi(golden.standard_logei)).toEqual([]);
  });

  test('a changed expectation is detected', () => {
    const [one] = golden.cases;
    expect(checkGp({ ...one!, mean: one!.mean.map((value) => Number(value) + 1e-6) })).not.toEqual([]);
    expect(checkLogEi([[0, -0.9]])).not.toEqual([]);
  });
});
