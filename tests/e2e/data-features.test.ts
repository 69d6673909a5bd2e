import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assayHere } from './assay.ts';

/** `assay data features` and `assay data regimes` on a generated data set. */
const example = fileURLToPath(new URL('../../examples/own-features/gaps.ts', import.meta.url));
let folder: string;
const run = (...parameters: readonly string[]) => assayHere(['data', ...parameters], { ASSAY_DATA_DIR: folder });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-features-'));
  expect((await run('generate', 'planted', '--name', 'demo', '--seed', '1', '--sessions', '3')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('features are summarised, with what was learnt from the first sessions', async () => {
  const { code, json } = await run('features', 'demo', '--set', 'phoenix-base@1 + context-5m@1', '--train', '2', '--json');
  expect(code).toBe(0);
  const document = json<{
    set: string;
    rows: number;
    training: object;
    features: readonly { feature: string; sd: number }[];
    fitted: unknown;
  }>();
  expect(document).toMatchObject({ set: 'phoenix-base@1 + context-5m@1', rows: 1170, training: { from: 0, to: 780 } });
  expect(document.features.map(({ feature }) => feature).slice(0, 2)).toEqual(['NVDA.volume_zscore', 'NVDA.high_low_pct']);
  expect(document.fitted).toMatchObject([[{ inputs: 'hmm-inputs@1' }, { inputs: 'hmm-inputs@1' }], null]);
});

test('without --set a data set of a single symbol is described as well', async () => {
  expect((await run('generate', 'planted', '--symbols', 'NQ', '--name', 'single', '--seed', '1', '--sessions', '3')).code).toBe(0);
  expect((await run('features', 'single', '--json')).json()).toMatchObject({ set: expect.stringMatching(/^multi-ticker@1/) });
});

test("a user's file passes the check, and one that remembers elsewhere fails it with exit code 2", async () => {
  expect((await run('features', 'demo', '--set', example, '--check')).code).toBe(0);
  const bad = join(folder, 'bad.ts');
  writeFileSync(
    bad,
    `import { defineFeatureSet } from 'assay';
let last = 0;
export default defineFeatureSet({ id: 'bad@1', features: ['x'], start: () => ({ push: (bar, out) => { out.fill(last); last = bar.close[0]!; } }) });
`,
  );
  const { code, err } = await run('features', 'demo', '--set', bad, '--check');
  expect(code).toBe(2);
  expect(err).toContain('bad@1 fails');
});

test('faults are coded: no such set, no such option, too many sessions, a file without a set', async () => {
  const none = join(folder, 'none.ts');
  writeFileSync(none, 'export default 1;\n');
  for (const [parameters, says] of [
    [['features', 'demo', '--set', 'weather@1'], 'unknown feature set'],
    [['features', 'demo', '--set', none], 'no feature set'],
    [['features', 'demo', '--train', '4'], 'has 3 sessions'],
    [['features', 'demo', '--set', 'phoenix-ofi@1'], 'needs the column ofi'],
    [['regimes', 'demo', '--states', '1'], '--states'],
  ] as const) {
    const { code, err } = await run(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  }
});

test('regimes come with a picture, and as one document', async () => {
  const { code, err } = await run('regimes', 'demo', '--train', '2');
  expect(code).toBe(0);
  expect(err).toMatch(/2024-01-03 \* [·▒█]+\n2024-01-04 {3}[·▒█]+\n/);
  const { symbols } = (await run('regimes', 'demo', '--states', '2', '--json')).json<{
    symbols: readonly { regimes: readonly unknown[] }[];
  }>();
  expect(symbols.map(({ regimes }) => regimes.length)).toEqual([2, 2]);
});
