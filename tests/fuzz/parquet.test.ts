import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mutate } from './mutate.ts';
import { outcomeOf, parquetText } from './parquet-outcome.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// `npm run fuzz:parquet` reads thirty thousand.
test.each(['plain', 'encodings', 'pages-2', 'zstd'])(
  'changed copies of %s.parquet are refused with a code, place and hint, or read to their end',
  async (name) => {
    const path = join(import.meta.dirname, `../fixtures/parquet/${name}.parquet`);
    const [bytes, text] = [readFileSync(path), await parquetText(path)];
    const outcomes = new Map<string, number>();
    for (let seed = 0; seed < 150; seed++) {
      const outcome = await outcomeOf(join(folder, 'mutated.parquet'), mutate(bytes, seed), text);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect(outcomes.get('refused')).toBeGreaterThan(50);
  },
);
