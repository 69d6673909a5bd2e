import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { assayHere } from '../../e2e/assay.ts';
import { useDatabase } from '../../fixtures/database.ts';
import { optunaPython, runPython } from '../../fixtures/optuna.ts';

const databases = { db: useDatabase(), journal: useDatabase() };
const folder = mkdtempSync(join(tmpdir(), 'assay-optuna-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const program = fileURLToPath(new URL('round_trip.py', import.meta.url));

async function python(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runPython([program, ...args], {});
  expect(code, err).toBe(0);
  return out;
}

async function run(kind: keyof typeof databases, ...parameters: readonly string[]): Promise<void> {
  const { code, err } = await assayHere(parameters, { DATABASE_URL: databases[kind].url });
  expect(code, err).toBe(0);
}

test.skipIf(optunaPython === '').each(['db', 'journal'] as const)(
  'Optuna reads what was imported from its %s and exported again as what it was, and goes on with it',
  async (ending) => {
    const original = join(folder, `original.${ending}`);
    await python('make', original);
    await run(ending, 'import', 'optuna', original);
    const copies: string[] = [];
    for (const study of ['odd-u', 'several'])
      for (const kind of ['sqlite3', 'journal']) {
        copies.push(join(folder, `${ending}-${study}.${kind}`));
        await run(ending, 'export', study, '--to', copies.at(-1)!);
      }
    expect((await python('compare', original, ...copies)).trim().split('\n')).toEqual([
      'Odd / ü: 221',
      'Odd / ü: 221',
      'several: 11',
      'several: 11',
    ]);
  },
);
