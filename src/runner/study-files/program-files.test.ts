import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { sourceHashOf } from './module-ref.ts';
import { filesOf, sourcesNamedIn } from './program-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-program-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string | Uint8Array) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const study = (name = 'study.ts', sources = '\'train.py\', "lib/**"') =>
  write(
    name,
    `import { externalTrainer } from 'assay';\nexport default externalTrainer({ command: ['python3', 'train.py'], sources: [${sources}] });\n`,
  );
const hash = (name = 'study.ts') => sourceHashOf(join(folder, name));

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  study();
  write('train.py', 'print(1)\n');
  write('lib/model.py', 'layers = 2\n');
  write('lib/deep/table.bin', Uint8Array.of(0xff, 0xfe, 0));
  write('other.py', 'print(2)\n');
});

test('every file of a program is part of the source of its study, and no other file is', async () => {
  const before = await hash();
  for (const [name, content] of [
    ['train.py', 'print(3)\n'],
    ['lib/model.py', 'layers = 3\n'],
    // Bytes that are no text.
    ['lib/deep/table.bin', Uint8Array.of(0xff, 0xfd, 0)],
    ['lib/new.py', ''],
  ] as const) {
    const known = await hash();
    write(name, content);
    expect(await hash(), name).not.toBe(known);
  }
  expect(await hash()).not.toBe(before);
  const known = await hash();
  write('other.py', 'print(4)\n');
  write('lib/__pycache__/model.pyc', 'made');
  write('lib/.venv/x.py', 'installed');
  expect(await hash()).toBe(known);
});

test('the same study and program elsewhere have the same hash; a study that names another program has another one', async () => {
  const known = await hash();
  const copy = mkdtempSync(join(tmpdir(), 'assay-program-copy-'));
  for (const name of ['study.ts', 'train.py', 'lib/model.py', 'lib/deep/table.bin']) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    writeFileSync(join(copy, name), readFileSync(join(folder, name)));
  }
  expect(await sourceHashOf(join(copy, 'study.ts'))).toBe(known);
  rmSync(copy, { recursive: true });
  study('study.ts', "'train.py'");
  expect(await hash()).not.toBe(known);
});

test('patterns name files from the folder of the study', () => {
  const named = (...patterns: string[]) => filesOf(folder, patterns).map((path) => relative(folder, path));
  expect(named('*.py')).toEqual(['other.py', 'train.py']);
  expect(named('lib/**', './train.py', 'train.py')).toEqual(['lib/deep/table.bin', 'lib/model.py', 'train.py']);
  expect(named('**/*.py')).toEqual(['lib/model.py', 'other.py', 'train.py']);
  expect(named('lib/*.py', 'absent.py', 'no/**')).toEqual(['lib/model.py']);
});

test('only literals of a list of sources are names', () => {
  expect(sourcesNamedIn(`sources: ['a.py', "b/**",\n  'c d.py'], other: ['e.py'], sources : [name]`)).toEqual(['a.py', 'b/**', 'c d.py']);
});
