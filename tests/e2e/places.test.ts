import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { clearUpAfterEach, freshDataDir, isRoot, nobody, scratchDir } from '../fixtures/embedded.ts';
import { mountSmallDisk } from '../fixtures/small-disk.ts';

clearUpAfterEach();
/** What must be undone, the last first, before the folders can be removed. */
const undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo.splice(0).reverse()) step();
});

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The code as installed by another user, readable only. @param built false: as before the first command, which makes the build */
function installed({ built }: { readonly built: boolean }): string {
  const checkout = join(scratchDir(), 'assay');
  mkdirSync(join(checkout, 'studies'), { recursive: true });
  for (const part of ['src', 'configs', 'migrations', 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(root, part), join(checkout, part), { recursive: true });
  cpSync(join(root, 'tests/fixtures/studies/sphere.ts'), join(checkout, 'studies/sphere.ts'));
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  if (built) cpSync(inject('build'), join(checkout, 'dist', basename(inject('build'))), { recursive: true });
  execFileSync('chmod', ['-R', 'a-w,a+rX', checkout]);
  undo.push(() => void execFileSync('chmod', ['-R', 'u+w', checkout]));
  return checkout;
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(checkout: string, dataDir: string, uid?: number): Ran {
  const { DATABASE_URL: _, ASSAY_DATA_DIR: __, ...inherited } = process.env;
  const parameters = [join(checkout, 'src/cli/assay.mjs'), 'run', join(checkout, 'studies/sphere.ts'), '--trials', '3', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...parameters, '--data-dir', dataDir], {
    encoding: 'utf8',
    cwd: '/',
    env: { ...inherited, NO_COLOR: '1' },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  return { code: status, out: stdout, err: stderr };
}

function expectFinished({ code, out, err }: Ran): void {
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ end: 'finished', ended: { complete: 3 } });
}

/** Below a path that shells, URLs and connection strings would each read in their own way. */
function oddDataDir(uid?: number): string {
  const folder = join(scratchDir(), "Meine Daten; 100 % 'ähnlich' #1");
  mkdirSync(folder);
  if (uid !== undefined) chownSync(folder, uid, uid);
  return freshDataDir(folder);
}

describe('a whole run', { timeout: 120_000 }, () => {
  const readable = isRoot && spawnSync('test', ['-r', join(root, 'node_modules/pg/package.json')], { uid: nobody, cwd: '/' }).status === 0;

  test.runIf(!isRoot || readable)('of an ordinary user needs to write nothing but the data directory, whatever its name', () => {
    const uid = isRoot ? nobody : undefined;
    const dataDir = oddDataDir(uid);
    expectFinished(run(installed({ built: false }), dataDir, uid));
    expect(existsSync(join(dataDir, 'postgres'))).toBe(true);
  });

  test.runIf(isRoot)('of root needs no more: its checkout is mounted read-only', ({ skip }) => {
    const checkout = installed({ built: true });
    if (spawnSync('mount', ['--bind', checkout, checkout]).status !== 0) skip('this user may not mount');
    undo.push(() => void execFileSync('umount', ['--lazy', checkout]));
    execFileSync('mount', ['-o', 'remount,ro,bind', checkout]);
    expect(() => chmodSync(join(checkout, 'src'), 0o755)).toThrow(/EROFS/);
    expectFinished(run(checkout, oddDataDir()));
  });

  test('ends well on a disk with little more space than the reserve', ({ skip }) => {
    const disk = mountSmallDisk(160 * 2 ** 20);
    if (disk === null) return skip('this user may not mount a small disk');
    undo.push(disk.unmount);
    expectFinished(run(installed({ built: true }), freshDataDir(disk.path)));
  });
});
