import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirOf, makePrivateFolder } from '../../core/data-dir.ts';
import { AssayError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package-root.ts';

/** Packages that go into the pages, and the one that builds them. */
const packages = ['vite', 'preact', '@preact/signals', '@tanstack/query-core', 'uplot', 'lucide'];

/** What the pages are made of: `src/plot` draws for terminals and files as well. */
const rooms = ['src/web', 'src/plot'];

/** A build of another version, or the draft of a process that was killed, is removed when it is older: nobody is about to read it. */
const unusedMs = 3_600_000;

/** A build takes seconds; one that hangs is ended, so that the page says so and the next request tries again. */
const mostMs = 180_000;

export interface PagesPlace {
  /** Default: as everywhere. */
  readonly dataDir?: string | undefined;
  /** The checkout. Default: the one that runs. */
  readonly root?: string | undefined;
}

/**
 * Returns the folder of the pages as the checkout has their sources, built now by a process of its own where it is not there: below the data
 * directory, as the checkout may be read-only. Where the builder is not installed, it is the folder that the package brought along.
 *
 * @throws AssayError `unavailable` where there is neither, or the build fails; the hint is the command to run
 */
export async function pagesFolder({ dataDir, root = packageRoot }: PagesPlace = {}): Promise<string> {
  const carried = join(root, 'dist/web');
  const versions = await Promise.all(packages.map((name) => versionOf(root, name)));
  if (versions.includes(null)) {
    if (existsSync(join(carried, 'index.html'))) return carried;
    throw new AssayError(
      'unavailable',
      `the pages are not built, and ${packages[versions.indexOf(null)]}, which they need, is not installed`,
      {
        hint: `run \`npm ci --include=dev\` in ${root}, then load this page again`,
      },
    );
  }
  const base = dataDirOf(dataDir);
  const all = join(base, 'web');
  const hash = await hashOf(root, versions);
  const folder = join(all, hash);
  if (existsSync(join(folder, 'index.html'))) return folder;
  makePrivateFolder(base, all);
  await runBuild(root, folder);
  await removeOthers(all, hash);
  return folder;
}

async function versionOf(root: string, name: string): Promise<string | null> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as { readonly version: string }).version;
}

async function hashOf(root: string, versions: readonly (string | null)[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(versions));
  for (const room of rooms) {
    const entries = await readdir(join(root, room), { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.toSorted()) {
      const bytes = await readFile(path);
      hash.update(JSON.stringify([path.slice(root.length), bytes.length])).update(bytes);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** In a process of its own: a server never loads the builder. */
function runBuild(root: string, folder: string): Promise<void> {
  const build = spawn(process.execPath, [join(root, 'src/web/build.mjs'), folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: mostMs,
  });
  let said = '';
  build.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown): void =>
      reject(
        new AssayError('unavailable', `the pages cannot be built: ${said.trim().split('\n')[0] || 'the build ended without a word'}`, {
          hint: `\`node src/web/build.mjs ${folder}\`, run in ${root}, says why`,
          cause,
        }),
      );
    build.once('error', fail);
    build.once('close', (code) => (code === 0 ? resolve() : fail()));
  });
}

async function removeOthers(all: string, hash: string): Promise<void> {
  for (const name of await readdir(all)) {
    if (name === hash) continue;
    // Another process may remove it at the same time.
    const found = await stat(join(all, name)).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - unusedMs) await rm(join(all, name), { recursive: true, force: true });
  }
}
