import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkPruner, type PrunerGolden } from './pruner.ts';
import { goldenFiles, readGolden } from './read.ts';

const directory = fileURLToPath(new URL('../fixtures/golden/pruners', import.meta.url));

describe('pruners decide as the reference after every report', () => {
  for (const path of goldenFiles(directory)) {
    const golden = readGolden<PrunerGolden>(path);
    test(`${golden.id}: ${golden.events.length} events`, () => {
      expect(checkPruner(golden)).toEqual([]);
    });
  }
});
