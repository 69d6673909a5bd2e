import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { typeProblemsOf } from './type-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a clean result is kept for one program: another one, whose types differ, checks again', async () => {
  const study = written('study.ts', "import { answer } from 'assay';\nexport default answer;\n");
  const check = (types: string) => typeProblemsOf(study, 'the same source', join(folder, 'data'), { assay: types });
  const older = written('older.d.ts', 'export declare const answer: number;\n');
  const newer = written('newer.d.ts', 'export declare const question: number;\n');
  expect(await check(older)).toEqual([]);
  expect(await check(newer)).toMatchObject([{ place: `${study}:1:10`, message: expect.stringContaining('answer') as string }]);
  // The first program's result is still there: it is not checked again.
  rmSync(older);
  expect(await check(older)).toEqual([]);
  expect(readdirSync(join(folder, 'data/cache/types'))).toHaveLength(1);
});

test('with types that are sources, which change under one name, nothing is kept', async () => {
  const study = written('other.ts', "import { answer } from 'assay';\nexport default answer;\n");
  const sources = written('index.ts', 'export const answer = 42;\n');
  expect(await typeProblemsOf(study, 'a source', join(folder, 'none'), { assay: sources })).toEqual([]);
  writeFileSync(sources, 'export const question = 42;\n');
  expect(await typeProblemsOf(study, 'a source', join(folder, 'none'), { assay: sources })).toHaveLength(1);
});
