import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkMultiObjective, type MultiObjectiveGolden } from './multi-objective.ts';
import { readGolden } from './read.ts';

const { cases } = readGolden<MultiObjectiveGolden>(fileURLToPath(new URL('../fixtures/golden/multiobjective.json', import.meta.url)));

describe('fronts, hypervolumes and subsets match the reference', () => {
  cases.forEach((one, i) => {
    test(`case ${i}: ${one.loss.length} points of ${one.loss[0]!.length} objectives`, () => {
      expect(checkMultiObjective(one)).toEqual([]);
    });
  });

  test('a changed expectation is detected', () => {
    const [one] = cases;
    expect(checkMultiObjective({ ...one!, hypervolume: Number(one!.hypervolume) * (1 + 1e-7) })).toHaveLength(1);
    expect(checkMultiObjective({ ...one!, hssp_selected_in_front_order: [0, 1] })).toHaveLength(1);
  });
});
