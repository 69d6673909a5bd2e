import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  attachElsewhere,
  clearUpAfterEach,
  copyOfBinaries,
  freshDataDir,
  isRoot,
  nobody,
  postmasterOf,
  scratchDir,
  scratchDirOf,
} from '../../../tests/fixtures/embedded.ts';
import { layoutOf, librariesDirOf } from './layout.ts';
import { attachEmbedded, stopEmbedded } from './server.ts';

clearUpAfterEach();

const onLinuxAsRoot = process.platform === 'linux' && isRoot;
const hasSetpriv = spawnSync('setpriv', ['--version']).status === 0;
/** Clients that run as another user read this checkout. */
const openCheckout =
  onLinuxAsRoot && spawnSync('/bin/sh', ['-c', 'test -r "$1"', 'sh', import.meta.filename], { uid: nobody, cwd: '/' }).status === 0;
if (!onLinuxAsRoot) console.warn('skipped: tests of root, since this is not root on Linux');
else if (!openCheckout) console.warn('skipped: clients of other users, since the checkout is closed to them');
else if (!hasSetpriv) console.warn('skipped: closed directories and dropped capabilities, since setpriv is missing');

/** The capabilities a process runs with, as the kernel prints them: a bit mask in hexadecimal. */
function capabilitiesOf(pid: number): bigint {
  return BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]}`);
}

describe.runIf(onLinuxAsRoot)('root', () => {
  test('runs the server as an ordinary user without any capability', async () => {
    const dataDir = freshDataDir();
    const { release } = await attachEmbedded({ dataDir });
    const pid = postmasterOf(dataDir);
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
    expect(statSync(join(dataDir, 'postgres')).uid).toBe(statSync(`/proc/${pid}`).uid);
    expect(capabilitiesOf(pid)).toBe(0n);
    await release();
  });

  test.runIf(hasSetpriv)('runs it from a checkout below a directory that only root may enter', async () => {
    const closed = scratchDir();
    const nativeDir = copyOfBinaries(closed);
    chmodSync(closed, 0o700);
    const dataDir = freshDataDir(closed);
    const { release } = await attachEmbedded({ dataDir, nativeDir });
    const pid = postmasterOf(dataDir);
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
    // CAP_DAC_OVERRIDE, number 1, and nothing else.
    expect(capabilitiesOf(pid)).toBe(0b10n);
    await release();
  });

  test.runIf(hasSetpriv && openCheckout)('without its capabilities is told to use DATABASE_URL', async () => {
    const dataDir = freshDataDir();
    const { answer } = await attachElsewhere({ dataDir }, { through: ['setpriv', '--inh-caps=-all', '--bounding-set=-all', '--'] });
    expect(answer).toMatchObject({ attached: false, code: 'database_unavailable', hint: expect.stringContaining('DATABASE_URL') });
    expect(answer).toMatchObject({ message: expect.stringContaining('root') });
  });
});

describe.runIf(openCheckout)('an ordinary user', () => {
  test('runs the server as itself', async () => {
    const dataDir = freshDataDir(scratchDirOf(nobody));
    const { answer } = await attachElsewhere({ dataDir, hold: true }, { uid: nobody });
    expect(answer).toMatchObject({ attached: true, started: true });
    expect(statSync(`/proc/${postmasterOf(dataDir)}`).uid).toBe(nobody);
  });

  test('without an entry in /etc/passwd is told to use DATABASE_URL, and nothing is left behind', async () => {
    const uid = 54_321;
    const dataDir = freshDataDir(scratchDirOf(uid));
    const { answer } = await attachElsewhere({ dataDir }, { uid });
    expect(answer).toMatchObject({ attached: false, code: 'database_unavailable', hint: expect.stringMatching(/passwd.*DATABASE_URL/) });
    expect(readdirSync(dataDir)).toEqual([]);
  });

  test("is told so when the server is another user's", async () => {
    const dataDir = freshDataDir();
    await (await attachEmbedded({ dataDir })).release();
    const { answer } = await attachElsewhere({ dataDir }, { uid: nobody });
    expect(answer).toMatchObject({ attached: false, code: 'database_unavailable', hint: expect.stringContaining('DATABASE_URL') });
  });

  test('who may not write node_modules gets the library links in the data directory', async () => {
    const nativeDir = copyOfBinaries(scratchDir());
    const dataDir = freshDataDir(scratchDirOf(nobody));
    const { answer } = await attachElsewhere({ dataDir, nativeDir, hold: true }, { uid: nobody });
    expect(answer).toMatchObject({ attached: true, started: true });
    expect(lstatSync(join(dataDir, '.postgres-lib', 'libpq.so.5')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(nativeDir, 'lib'))).not.toContain('libpq.so.5');
  });
});

describe.runIf(openCheckout)('where the linker cannot read the path', () => {
  test.each(['semi;colon', 'co:lon', 'dollar $ORIGIN'])(
    'of a data directory %j, the library links lie in a private folder in /tmp',
    async (name) => {
      const closed = join(scratchDir(), 'na:tive');
      mkdirSync(closed);
      const nativeDir = copyOfBinaries(closed);
      const dataDir = freshDataDir(join(scratchDirOf(nobody), name));
      const libraries = librariesDirOf(layoutOf(dataDir));
      const { answer } = await attachElsewhere({ dataDir, nativeDir, hold: true }, { uid: nobody });
      expect(answer).toMatchObject({ attached: true, started: true });
      expect(libraries).toMatch(/^\/tmp\/assay-[0-9a-f]{12}-lib$/);
      expect(lstatSync(join(libraries, 'libpq.so.5')).isSymbolicLink()).toBe(true);
      expect(statSync(libraries)).toMatchObject({ uid: nobody, mode: 0o40755 });
      await stopEmbedded({ dataDir });
      expect(existsSync(libraries)).toBe(false);
    },
  );

  test('a folder that another user put there is refused', async () => {
    const nativeDir = copyOfBinaries(scratchDir());
    const dataDir = freshDataDir(join(scratchDirOf(nobody), 'a;b'));
    const libraries = librariesDirOf(layoutOf(dataDir));
    mkdirSync(libraries, { mode: 0o777 });
    writeFileSync(join(libraries, 'libpq.so.5'), 'planted');
    const { answer } = await attachElsewhere({ dataDir, nativeDir }, { uid: nobody });
    expect(answer).toMatchObject({ attached: false, code: 'database_unavailable', message: expect.stringContaining(libraries) as string });
  });
});

test('the library links that npm leaves out under --ignore-scripts are made beside the libraries', async () => {
  const nativeDir = copyOfBinaries(scratchDir());
  const list = JSON.parse(readFileSync(join(nativeDir, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
  expect(list.length).toBeGreaterThan(0);
  const dataDir = freshDataDir();
  mkdirSync(dataDir);
  const { release } = await attachEmbedded({ dataDir, nativeDir });
  for (const { target } of list) expect(lstatSync(join(nativeDir, '..', target)).isSymbolicLink()).toBe(true);
  expect(readdirSync(dataDir)).not.toContain('.postgres-lib');
  await release();
});
