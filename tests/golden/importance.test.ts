import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkFanovaTree, checkImportance, type FanovaTreesGolden, type ImportanceGolden } from './importance.ts';
import { goldenFiles, readGolden } from './read.ts';

const directory = fileURLToPath(new URL('../fixtures/golden/importance', import.meta.url));

describe('importances match the reference: PED-ANOVA exactly, the forests within their randomness', () => {
  for (const path of goldenFiles(directory, 'imp')) {
    const golden = readGolden<ImportanceGolden>(path);
    test(`${golden.id}: ${golden.trials.length} trials, ${JSON.stringify(golden.ped_anova.kwargs)}`, () => {
      expect(checkImportance(golden)).toEqual([]);
    });
  }

  test('a changed expectation is detected', () => {
    const golden = readGolden<ImportanceGolden>(goldenFiles(directory, 'imp')[0]!);
    const { raw } = golden.ped_anova;
    expect(
      checkImportance({ ...golden, ped_anova: { ...golden.ped_anova, raw: { ...raw, x: Number(raw['x']) * (1 + 1e-8) } } }),
    ).toHaveLength(1);
    const { mean, std } = golden.fanova!;
    expect(checkImportance({ ...golden, fanova: { mean: { ...mean, x: Number(mean['x']) - 0.05 }, std } })).toHaveLength(1);
  });
});

describe('the variances of given trees are exact', () => {
  const [path] = goldenFiles(directory, 'fanova');
  readGolden<FanovaTreesGolden>(path!).trees.forEach((tree, i) => {
    test(`tree ${i} of ${tree.bounds.length} parameters and ${tree.feature.length} nodes`, () => {
      expect(checkFanovaTree(tree)).toEqual([]);
      expect(checkFanovaTree({ ...tree, variance: tree.variance * (1 + 1e-7) })).toHaveLength(1);
    });
  });
});
