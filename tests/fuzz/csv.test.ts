import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { barsOf, changedCopy, fuzzedFiles, outcomeOf } from './csv-outcome.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// `npm run fuzz:csv` reads thirty thousand.
test.each(fuzzedFiles.map((one) => [one.name, one] as const))(
  'changed copies of the file %j are refused with a code, place and hint, or read as they stand',
  async (_, one) => {
    const path = join(folder, 'X.csv');
    writeFileSync(path, one.bytes);
    const original = await barsOf(path, one.source);
    expect(original).toHaveLength(40);
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 40; seed++) {
      const outcome = await outcomeOf(path, one, changedCopy(one, seed), original);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.get('refused')).toBeGreaterThan(5);
  },
);
