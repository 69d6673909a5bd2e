import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assay } from './assay.ts';

/** `assay data features` and `assay data regimes` on a generated data set. */
const example = fileURLToPath(new URL('../../examples/own-features/gaps.ts', import.meta.url));
let folder: string;
const run = (...parameters: readonly string[]) => assay(['data', ...parameters], { ASSAY_DATA_DIR: folder });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-features-'));
  expect(run('generate', 'planted', '--name', 'demo', '--seed', '1', '--sessions', '3').code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('features are summarised, with what was learnt from the first sessions', () => {
  const { code, json } = run('features', 'demo', '--set', 'phoenix-base@1 + context-5m@1', '--train', '2', '--json');
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

test('without --set a data set of a single symbol is described as well', () => {
  expect(run('generate', 'planted', '--symbols', 'NQ', '--name', 'single', '--seed', '1', '--sessions', '3').code).toBe(0);
  expect(run('features', 'single', '--json').json()).toMatchObject({ set: expect.stringMatching(/^multi-ticker@1/) });
});

test("a user's file passes the check, and one that remembers elsewhere fails it with exit code 2", () => {
  expect(run('features', 'demo', '--set', example, '--check').code).toBe(0);
  const bad = join(folder, 'bad.ts');
  writeFileSync(
    bad,
    `import { defineFeatureSet } from 'assay';
let last = 0;
export default defineFeatureSet({ id: 'bad@1', features: ['x'], start: () => ({ push: (bar, out) => { out.fill(last); last = bar.close[0]!; } }) });
`,
  );
  const { code, err } = run('features', 'demo', '--set', bad, '--check');
  expect(code).toBe(2);
  expect(err).toContain('bad@1 fails');
});

test('faults are coded: no such set, no such option, too many sessions, a file without a set', () => {
  const none = join(folder, 'none.ts');
  writeFileSync(none, 'export default 1;\n');
  for (const [parameters, says] of [
    [['features', 'demo', '--set', 'weather@1'], 'unknown feature set'],
    [['features', 'demo', '--set', none], 'no feature set'],
    [['features', 'demo', '--train', '4'], 'has 3 sessions'],
    [['features', 'demo', '--set', 'phoenix-ofi@1'], 'needs the column ofi'],
    [['regimes', 'demo', '--states', '1'], '--states'],
  ] as const) {
    const { code, err } = run(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  }
});

test('regimes come with a picture, and as one document', () => {
  const { code, err } = run('regimes', 'demo', '--train', '2');
  expect(code).toBe(0);
  expect(err).toMatch(/2024-01-03 \* [·▒█]+\n2024-01-04 {3}[·▒█]+\n/);
  const { symbols } = run('regimes', 'demo', '--states', '2', '--json').json<{ symbols: readonly { regimes: readonly unknown[] }[] }>();
  expect(symbols.map(({ regimes }) => regimes.length)).toEqual([2, 2]);
});
