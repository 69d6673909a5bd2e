import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tinyStudy } from '../fixtures/tiny-study.ts';
import { assayHere } from './assay.ts';

/** `assay smoke`, with a database that is not there. */
const example = fileURLToPath(new URL('../../examples/first-steps.ts', import.meta.url));
let folder: string;
const run = (...parameters: readonly string[]) =>
  assayHere(['smoke', ...parameters], { ASSAY_DATA_DIR: join(folder, 'data'), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'assay-smoke-'));
  const data = { ASSAY_DATA_DIR: join(folder, 'data') };
  expect((await assayHere(['data', 'generate', 'planted', '--name', 'tiny', '--seed', '1', '--sessions', '12'], data)).code).toBe(0);
  writeFileSync(join(folder, 'sound.ts'), tinyStudy('lr'));
  writeFileSync(join(folder, 'still.ts'), tinyStudy('lr * 1e-30'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a trading study is tried out with the middle of its space, and nothing is written', async () => {
  const { code, json, err } = await run(join(folder, 'sound.ts'), '--steps', '200', '--json');
  expect([code, err]).toEqual([0, '']);
  const { params, checks } = json<{
    params: { lr: number };
    checks: readonly { check: string; verdict: string; facts: { rewards?: number } }[];
  }>();
  expect(params.lr).toBeCloseTo(1e-3, 12);
  expect(checks.filter(({ verdict }) => verdict === 'broken')).toEqual([]);
  expect(checks.find(({ check }) => check === 'rewards')!.facts.rewards).toBe(200);
  expect(readdirSync(join(folder, 'data'))).toEqual(['datasets']);
});

test('what is broken ends with exit code 1, after the table, and says what to do', async () => {
  const { code, out, err } = await run(join(folder, 'still.ts'), '--steps', '200');
  expect(code).toBe(1);
  expect(out).toMatch(/^network\tbroken\t/m);
  expect(err).toContain('tiny: broken: network\nhint: ');
});

test('an objective of its own is run with the given parameters', async () => {
  const { code, json } = await run(example, '-p', 'layers=4', '-p', 'optimizer=sgd', '--json');
  expect(code).toBe(0);
  expect(json()).toMatchObject({
    study: 'first-steps',
    params: { layers: 4, optimizer: 'sgd' },
    checks: [
      { check: 'reports', verdict: 'ok', facts: { reports: 20 } },
      { check: 'result', verdict: 'ok' },
    ],
  });
});

test('bad input has exit code 2: no such file, no such parameter, no data set', async () => {
  for (const [parameters, says] of [
    [[join(folder, 'absent.ts')], 'there is no such file'],
    [[example, '-p', 'depth=1'], 'no such parameter'],
    [[example, '--steps', '0'], 'whole number from 1'],
  ] as const) {
    const { code, err } = await run(...parameters);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  }
  rmSync(join(folder, 'data'), { recursive: true });
  const { code, err } = await run(join(folder, 'sound.ts'));
  expect([code, err]).toEqual([2, expect.stringContaining('tiny')]);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});
