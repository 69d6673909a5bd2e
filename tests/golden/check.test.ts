import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixtures = join(root, 'tests/fixtures/golden');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'assay-golden-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

function check(...args: readonly string[]) {
  return spawnSync(process.execPath, ['--import', './tests/tools/typescript.mjs', 'tests/golden/check.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

describe('npm run golden', () => {
  test('recognises files by their content, also in folders, and counts them by kind', () => {
    mkdirSync(join(directory, 'deep'));
    copyFileSync(join(fixtures, 'truncnorm.json'), join(directory, 'a.json'));
    copyFileSync(join(fixtures, 'multiobjective.json'), join(directory, 'b.json'));
    copyFileSync(join(fixtures, 'importance/fanova_trees.json'), join(directory, 'deep', 'c.json'));
    copyFileSync(join(fixtures, 'pruners/median-00.json'), join(directory, 'deep', 'd.json'));
    const { status, stdout } = check(directory);
    expect(stdout).toContain('truncated normal: checked 400, failed 0\n');
    expect(stdout).toContain('multi-objective: checked 14, failed 0\n');
    expect(stdout).toContain('fanova trees: checked 6, failed 0\n');
    expect(stdout).toContain('pruner median: checked 1, failed 0\n');
    expect(stdout).toMatch(/\nchecked 445, failed 0\n$/);
    expect(status).toBe(0);
  });

  test('a wrong value, an unknown format and a broken file fail, each with its name and reason', () => {
    const median = readFileSync(join(fixtures, 'pruners/median-00.json'), 'utf8');
    writeFileSync(
      join(directory, 'wrong.json'),
      median.replace('"prune": true', '"prune": false').replace('"prune":true', '"prune":false'),
    );
    writeFileSync(join(directory, 'unknown.json'), '{"weather":"fine"}');
    writeFileSync(join(directory, 'broken.json'), '{"events":');
    const { status, stdout, stderr } = check(directory);
    expect(stdout).toMatch(/\nchecked 3, failed 3\n$/);
    expect(stderr).toContain('wrong: event');
    expect(stderr).toContain('no golden format has the keys weather');
    expect(stderr).toContain('unreadable: broken');
    expect(status).toBe(1);
  });

  test('a directory without golden files fails', () => {
    expect(check(directory).status).toBe(1);
    expect(check(join(directory, 'nowhere')).status).toBe(2);
    expect(check().status).toBe(2);
  });
});
