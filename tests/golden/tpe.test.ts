import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { goldenFiles, readGolden } from './read.ts';
import { checkTpe, type TpeGolden } from './tpe.ts';

const directory = fileURLToPath(new URL('../fixtures/golden/tpe', import.meta.url));

describe('TPE matches the split, groups, kernels and densities of the reference', () => {
  for (const path of goldenFiles(directory)) {
    const golden = readGolden<TpeGolden & { readonly description: string }>(path);
    test(`${golden.id}: ${golden.description}`, () => {
      expect(checkTpe(golden)).toEqual([]);
    });
  }

  test('a changed expectation is detected', () => {
    const golden = readGolden<TpeGolden>(goldenFiles(directory)[12]!);
    const [estimator] = golden.estimators;
    const changed = { ...golden, estimators: [{ ...estimator!, log_g: estimator!.log_g.map((value) => Number(value) + 1e-6) }] };
    expect(checkTpe(changed).length).toBeGreaterThan(0);
  });
});
