import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mountSmallDisk } from '../fixtures/small-disk.ts';
import { assay, assayHere } from './assay.ts';

let folder: string;
let dataDir: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-import-'));
  dataDir = join(folder, 'data');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const header = 'datetime,open,high,low,close,volume\n';
const row = (minute: number): string =>
  `${new Date(Date.UTC(2019, 1, 11, 14, 30 + minute)).toISOString()},100.25,101.5,99.75,${100 + (minute % 7) / 10},100\n`;

function written(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const importing = (file: string, into: string, ...more: string[]) => ['data', 'import', file, '--name', 'x', '--data-dir', into, ...more];

/**
 * Prints the largest memory that a command has had, in kB, when it ends. `maxRSS` of a process on Linux begins with that of the process that
 * started it, so the kernel's own count of its memory is read where it is.
 */
const peak = `import { readFileSync } from 'node:fs';
const own = () => { try { return /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]; } catch { return process.resourceUsage().maxRSS; } };
process.on('exit', () => process.stderr.write('maxrss ' + own() + '\\n'));`;
const measured = `--import=data:text/javascript,${encodeURIComponent(peak)}`;

const member = (letter: string): Buffer => gzipSync(Buffer.alloc(64 * 2 ** 20, letter));

test.each([
  ['empty lines', '\n'],
  ['one line', 'x'],
])('a gzip bomb of 3 GB of %s ends early, in a small heap and little memory', (_, letter) => {
  const one = member(letter);
  const file = written('BOMB.csv.gz', Buffer.concat([gzipSync(header), ...Array.from({ length: 48 }, () => one)]));
  const { code, out, err } = assay(importing(file, dataDir), { NODE_OPTIONS: `--max-old-space-size=64 ${measured}` });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^error: .*BOMB\.csv\.gz/);
  expect(err).toMatch(/^hint: /m);
  expect(err).not.toMatch(/^\s+at /m);
  expect(Number(/maxrss (\d+)/.exec(err)?.[1])).toBeLessThan(300_000);
  expect(existsSync(dataDir)).toBe(false);
});

test('a flag for files of another kind is refused, not ignored', async () => {
  const file = written('KIND.csv', `${header}${row(0)}`);
  for (const flag of [['--tick', '0.25'], ['--schema', 'mbo'], ['--as', 'snapshots'], ['--allow-truncated']]) {
    const { code, err } = await assayHere(importing(file, dataDir, ...flag));
    expect({ flag, code }).toEqual({ flag, code: 2 });
    expect(err).toContain(`${flag[0]} is for files of Databento`);
  }
});

test('flags that are none of their words are refused, and what was left out is said', async () => {
  const file = written(
    'ABC.csv',
    `${header}2019-02-11T14:00:00.000Z,100,100,100,100,5\n${Array.from({ length: 30 }, (_, i) => row(i)).join('')}`,
  );
  for (const flag of ['--stamp', '--order', '--dates', '--decimal', '--volume', '--gaps', '--outside', '--jumps']) {
    const { code, err } = await assayHere(importing(file, dataDir, flag, 'ends'));
    expect({ flag, code }).toEqual({ flag, code: 2 });
    expect(err).toMatch(/Allowed choices are/);
  }
  const { code, err } = await assayHere(importing(file, dataDir, '--outside', 'drop'));
  expect(err).toMatch(/ABC: 1 of 31 bars left out: they lie outside the session/);
  expect(err).toMatch(/ABC from ABC\.csv: 31 bars; time from datetime \(with offset\), bar starts assumed; rows ascending; open, high/);
  expect(code).toBe(0);
  const { items } = (await assayHere(['data', 'ls', '--json', '--data-dir', dataDir])).json<{
    items: { origin: object; quality: object[] }[];
  }>();
  expect(items[0]).toMatchObject({ leftOut: [{ outside: 1 }], quality: [{ jumps: 0, huge: 0 }] });
});

const disk = mountSmallDisk(80 * 2 ** 20);
if (disk === null) console.warn('skipped: an import on a full or read-only disk, since this user may not mount a small one');
afterAll(() => disk?.unmount());

async function expectUnwritable(into: string): Promise<void> {
  const file = written('ABC.csv', header + row(0) + row(1));
  for (const parameters of [importing(file, into), ['data', 'generate', 'planted', '--name', 'x', '--seed', '1', '--data-dir', into]]) {
    const { code, out, err } = await assayHere(parameters);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toMatch(/^error: .*: cannot write to/);
    expect(err).toMatch(/^hint: .*read-only/m);
    expect(err).not.toMatch(/^\s+at /m);
  }
}

test('a data directory that cannot be is said to be one', async () => {
  await expectUnwritable(join(written('no-folder', ''), 'data'));
});

test.runIf(disk !== null)('a data directory that is read-only is said to be one', async () => {
  execFileSync('mount', ['-o', 'remount,ro', disk!.path]);
  try {
    await expectUnwritable(join(disk!.path, 'data'));
  } finally {
    execFileSync('mount', ['-o', 'remount,rw', disk!.path]);
  }
});

test.runIf(disk !== null)('an import leaves the reserve free, a full disk is said to be one, and no half data set stays', async () => {
  const file = written('ABC.csv', header + Array.from({ length: 390 }, (_, i) => row(i)).join(''));
  const ballast = join(disk!.path, 'ballast');
  writeFileSync(ballast, Buffer.alloc(16 * 2 ** 20 - 8192));
  const refused = await assayHere(importing(file, disk!.path));
  expect(refused.err).toMatch(/the disk is full: .* are wanted and 64 MB are free, with 64 MB to be left so/);
  expect(refused.code).toBe(4);
  expect(readdirSync(disk!.path)).toEqual(['ballast']);

  writeFileSync(ballast, Buffer.alloc(80 * 2 ** 20 - 8192));
  const full = await assayHere(importing(file, disk!.path), { ASSAY_DISK_RESERVE_MB: '0' });
  expect(full.err).toMatch(/^error: .*the disk is full/);
  expect(full.err).not.toMatch(/^\s+at /m);
  expect(full.code).toBe(4);
  expect(existsSync(join(disk!.path, 'datasets', 'x'))).toBe(false);
});
