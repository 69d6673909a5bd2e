import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTradingConfig } from '../../trading/config/load.ts';
import { changeTo, planProject, startProject } from './start-project.ts';

let scratch: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'assay-init-'));
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const start = (folder: string): void => startProject(folder, planProject(folder));
const all = (folder: string): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();

test('a folder that need not exist gets everything, and its configuration can be read', () => {
  const folder = join(scratch, 'deep/My Studies!');
  start(folder);
  expect(all(folder)).toEqual([
    'configs',
    'configs/trading.yaml',
    'data',
    'data/.gitignore',
    'package.json',
    'studies',
    'studies/first.ts',
    'tsconfig.json',
  ]);
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({
    name: 'my-studies',
    private: true,
    type: 'module',
  });
  expect(loadTradingConfig(join(folder, 'configs/trading.yaml'))).toMatchObject({ dataset: 'my-bars' });
});

test('what is there stays as it is, letter by letter, and package.json keeps its indentation', () => {
  const manifest =
    '{\n\t"type": "commonjs",\n\t"scripts": {\n\t\t"serve": "vite"\n\t},\n\t"devDependencies": {\n\t\t"assay": "1.0.0"\n\t}\n}\n';
  writeFileSync(join(scratch, 'package.json'), manifest);
  writeFileSync(join(scratch, 'tsconfig.json'), '// mine');
  const plan = planProject(scratch);
  expect(plan[0]).toMatchObject({ what: 'add', note: 'scripts.search; its script serve stays as it is' });
  startProject(scratch, plan);
  expect(readFileSync(join(scratch, 'tsconfig.json'), 'utf8')).toBe('// mine');
  expect(readFileSync(join(scratch, 'package.json'), 'utf8')).toBe(
    manifest.replace('"vite"', '"vite",\n\t\t"search": "assay run studies/first.ts"'),
  );
  expect(planProject(scratch).every(({ what }) => what === 'keep')).toBe(true);
});

test.each([
  ['{ "scripts": [] }', 'config_invalid'],
  ['{', 'config_invalid'],
  ['{ "name": "assay" }', 'usage'],
])('package.json %s is refused, and nothing is made', (text, code) => {
  writeFileSync(join(scratch, 'package.json'), text);
  expect(() => start(scratch)).toThrow(expect.objectContaining({ code, place: join(scratch, 'package.json') }));
  expect(all(scratch)).toEqual(['package.json']);
});

test('a file in place of a folder is refused, and nothing is made', () => {
  writeFileSync(join(scratch, 'studies'), '');
  expect(() => start(scratch)).toThrow(expect.objectContaining({ code: 'usage', place: join(scratch, 'studies') }));
  expect(all(scratch)).toEqual(['studies']);
});

test('a file that appears after the plan is not overwritten, and what was made before it goes', () => {
  const plan = planProject(scratch);
  mkdirSync(join(scratch, 'studies'));
  writeFileSync(join(scratch, 'studies/first.ts'), 'mine');
  expect(() => startProject(scratch, plan)).toThrow(expect.objectContaining({ code: 'conflict' }));
  expect(all(scratch)).toEqual(['studies', 'studies/first.ts']);
  expect(readFileSync(join(scratch, 'studies/first.ts'), 'utf8')).toBe('mine');
});

test('the way to the folder is one that a shell understands', () => {
  expect(changeTo('/a/b', '/a/b')).toBe('');
  expect(changeTo('/a/b', '/a')).toBe('cd b');
  expect(changeTo("/a/it's here", '/a')).toBe("cd 'it'\\''s here'");
});
