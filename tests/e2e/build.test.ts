import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { currentBuild } from '../../src/cli/build/current.mjs';
import { contentHashOf, signatureOf, sourceFilesOf } from '../../src/cli/build/sources.mjs';
import { sourceHashOf } from '../../src/runner/study-files/module-ref.ts';
import { useDatabase } from '../fixtures/database.ts';
import { startRun } from '../fixtures/supervised-run.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'assay-build-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A checkout without a build, with the packages of this one. */
function checkout(name: string): string {
  const path = join(scratch, name);
  mkdirSync(path);
  for (const part of ['src', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(root, part), join(path, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  return path;
}

const buildsIn = (path: string): readonly string[] => readdirSync(join(path, 'dist')).filter((name) => /^[0-9a-f]{16}$/.test(name));

const versionFrom = async (path: string): Promise<string> =>
  (await run(process.execPath, [join(path, 'src/cli/assay.mjs'), '--version'], { cwd: '/' })).stdout.trim();

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

describe('the build of a checkout', () => {
  let path: string;
  beforeAll(() => {
    path = checkout('first');
  });

  test('is made by whatever command comes first, once, also by two at the same time', async () => {
    expect(await Promise.all([versionFrom(path), versionFrom(path)])).toEqual([version, version]);
    expect(buildsIn(path)).toHaveLength(1);
    expect(readdirSync(join(path, 'dist')).filter((name) => name.startsWith('draft-'))).toEqual([]);
  });

  test('has source maps that lead to the sources', () => {
    const [build] = buildsIn(path);
    const { sources } = JSON.parse(readFileSync(join(path, 'dist', build!, 'worker.js.map'), 'utf8')) as { sources: readonly string[] };
    expect(sources).toContain('../../src/runner/worker/process.ts');
  });

  test('is used again when files were only written anew, and another is made when one has changed', async () => {
    const [first] = buildsIn(path);
    const file = join(path, 'src/core/long-timeout.ts');
    utimesSync(file, new Date(), new Date());
    expect(await currentBuild(path)).toBe(join(path, 'dist', first!));
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}// changed\n`);
    const second = await currentBuild(path);
    expect(second).not.toBe(join(path, 'dist', first!));
    expect(readFileSync(join(path, 'dist/index.js'), 'utf8')).toContain(buildsIn(path).find((name) => name !== first));
    writeFileSync(file, text);
    expect(await currentBuild(path)).toBe(join(path, 'dist', first!));
    expect(readFileSync(join(path, 'dist/index.js'), 'utf8')).toContain(first);
  });

  test('is removed when it was not in use for two hours and another one is made', async () => {
    const [unused, used] = buildsIn(path).map((name) => join(path, 'dist', name));
    const threeHoursAgo = new Date(Date.now() - 3 * 3_600_000);
    utimesSync(unused!, threeHoursAgo, threeHoursAgo);
    writeFileSync(join(path, 'src/core/long-timeout.ts'), `${readFileSync(join(path, 'src/core/long-timeout.ts'), 'utf8')}// once more\n`);
    await currentBuild(path);
    expect(existsSync(unused!)).toBe(false);
    expect(existsSync(used!)).toBe(true);
  });
});

test('of sources with an error is not made: the warning names the place, and nothing of the attempt stays', async () => {
  const path = checkout('broken');
  // No command needs this module for --version.
  writeFileSync(join(path, 'src/storage/commands/pause-trial.ts'), 'export const = 4;\n');
  const { stdout, stderr } = await run(process.execPath, [join(path, 'src/cli/assay.mjs'), '--version'], { cwd: '/' });
  expect(stdout.trim()).toBe(version);
  expect(stderr).toMatch(/^warning: the build failed, running from the sources instead: Build failed with 1 error/);
  expect(stderr).toContain('pause-trial.ts:1:');
  expect(readdirSync(join(path, 'dist'))).toEqual([]);
});

test('where nothing can be written the program runs from its sources, and says why only where that is a fault', async () => {
  const path = checkout('blocked');
  writeFileSync(join(path, 'dist'), 'a file where the folder would be');
  const { stdout, stderr } = await run(process.execPath, [join(path, 'src/cli/assay.mjs'), '--version'], { cwd: '/' });
  expect(stdout.trim()).toBe(version);
  expect(stderr).toMatch(/^warning: the build failed, running from the sources instead: ENOTDIR/);
});

describe('the fingerprints of sources', () => {
  const folder = join(scratch, 'small');
  const file = join(folder, 'src/a.ts');
  beforeAll(() => {
    mkdirSync(join(folder, 'src'), { recursive: true });
    for (const name of ['package.json', 'package-lock.json', 'tsconfig.json']) writeFileSync(join(folder, name), '{}');
    writeFileSync(file, 'export const a = 1;\n');
    writeFileSync(join(folder, 'src/a.test.ts'), '');
  });
  const hash = (): string => contentHashOf(folder, sourceFilesOf(folder));

  test('a file that is renamed is a change, tests are none, and neither is a copy elsewhere', () => {
    const before = hash();
    writeFileSync(join(folder, 'src/a.test.ts'), 'changed');
    expect(hash()).toBe(before);
    cpSync(folder, `${folder}-copy`, { recursive: true });
    expect(contentHashOf(`${folder}-copy`, sourceFilesOf(`${folder}-copy`))).toBe(before);
    cpSync(file, join(folder, 'src/b.ts'));
    rmSync(file);
    expect(hash()).not.toBe(before);
    cpSync(join(folder, 'src/b.ts'), file);
    rmSync(join(folder, 'src/b.ts'));
    expect(hash()).toBe(before);
  });

  test('times of change count once two seconds have passed since the last', () => {
    const files = sourceFilesOf(folder);
    for (const path of files) utimesSync(path, 1000, 1000);
    expect(signatureOf(folder, files, 1_001_500).isSettled).toBe(false);
    expect(signatureOf(folder, files, 1_002_500).isSettled).toBe(true);
    const before = signatureOf(folder, files).signature;
    // Layers of container images keep whole seconds.
    utimesSync(file, 1000.5, 1000.5);
    expect(signatureOf(folder, files).signature).toBe(before);
    utimesSync(file, 1001, 1001);
    expect(signatureOf(folder, files).signature).not.toBe(before);
  });
});

describe('a study that runs from the build', () => {
  const database = useDatabase();
  const file = join(scratch, 'errors.ts');
  beforeAll(() =>
    writeFileSync(
      file,
      `import { AssayError, defineStudy, float } from 'assay';
export default defineStudy({
  name: 'errors', direction: 'minimize', space: { x: float(0, 1) }, maxAttempts: 1, budget: { trials: 1 },
  objective: () => { throw new AssayError('config_invalid', 'mine', { place: 'here' }); },
});
`,
    ),
  );

  test('shares its modules: an error of the package that it throws keeps its code', async () => {
    const { summary } = await startRun({ file, workers: 1, databaseUrl: database.url, dataDir: inject('testDataDir') }).end;
    expect(summary).toMatchObject({ ended: { failed: 1 } });
    const { rows } = await database.pool.query<{ error: object; source: string }>(
      'select t.error, s.source_hash as source from trials t join studies s on s.id = t.study_id',
    );
    expect(rows[0]?.error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('mine') });
    // What a study is traced back to does not depend on whether there is a build.
    expect(rows[0]?.source).toBe(await sourceHashOf(file));
  });
});

test('an editor outside the checkout finds the types, without checking the sources of the program', async () => {
  const folder = join(scratch, 'outside');
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/assay'));
  writeFileSync(
    join(folder, 'study.ts'),
    `import { defineStudy, float } from 'assay';
const study = defineStudy({ name: 'x', direction: 'minimize', space: { x: float(0, 1) }, objective: ({ params }) => params.x });
export const wrong: number = study.name;
export default study;
`,
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { module: 'nodenext', noEmit: true, types: [], skipLibCheck: true } }),
  );
  const compiler = join(root, 'node_modules/typescript7/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '--listFiles', '--pretty', 'false'], { cwd: folder }).catch(
    (failed: { stdout: string }) => failed,
  );
  expect(stdout.match(/error TS.*/g)).toEqual([expect.stringContaining("Type 'string' is not assignable to type 'number'")]);
  expect(stdout).toContain('/types/search/study/define-study.d.ts');
  expect(stdout.split('\n').filter((line) => line.startsWith(join(root, 'src')))).toEqual([]);
});
