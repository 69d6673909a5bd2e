// Makes builds and clears away old ones. Any number of processes may do so at once.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { publicEntries, typesOf } from './public-entries.mjs';
import { contentHashOf } from './sources.mjs';
import { declareTypes } from './types.mjs';

/** A running program says every half hour that it needs its build: see `keepInUse` in current.mjs. */
const unusedMs = 2 * 3_600_000;

/**
 * Makes the build of `files` as they are now and returns its name. It appears in `dist` whole or not at all: it is made in a folder beside its
 * own that is renamed at the end. Of several processes that make the same build one is first; the others take its build.
 */
export async function makeBuild(root, files) {
  const dist = join(root, 'dist');
  const draft = join(dist, `draft-${randomUUID()}`);
  const hash = contentHashOf(root, files);
  await mkdir(draft, { recursive: true });
  try {
    // All have ended before the draft of a failed build is removed.
    const parts = await Promise.allSettled([
      bundle(root, draft),
      declareTypes(root, join(draft, 'types')),
      // Which packages went in: what is installed later is not in this build.
      copyFile(join(root, 'package-lock.json'), join(draft, 'package-lock.json')),
    ]);
    for (const { status, reason } of parts) if (status === 'rejected') throw reason;
    // A file that was edited meanwhile may have gone in with either content.
    if (contentHashOf(root, files) !== hash) return await makeBuild(root, files);
    await rename(draft, join(dist, hash)).catch((error) => {
      if (!existsSync(join(dist, hash))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeUnused(dist, hash);
  return hash;
}

/**
 * Makes the build the one that `import 'assay'` and its other entries find outside the program (in an editor, or in a program of the user's own), and keeps which
 * sources it was made of: null where they may still change without a trace.
 */
export async function makeCurrent(root, build, signature) {
  const dist = join(root, 'dist');
  const files = Object.entries(publicEntries).flatMap(([name, source]) => [
    [`${name}.js`, `./${build}/${name}.js`],
    [`${name}.d.ts`, `./${build}/${typesOf(source).slice(2)}`],
  ]);
  await Promise.all(files.map(([file, of]) => writeWhole(join(dist, file), `export * from '${of}';\n`)));
  await writeWhole(join(dist, 'current.json'), `${JSON.stringify({ build, signature })}\n`);
}

/** Writes a file if it differs, by a rename, so that no reader sees half of it. */
async function writeWhole(path, text) {
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, text);
  await rename(draft, path);
}

async function removeUnused(dist, build) {
  for (const name of await readdir(dist)) {
    if (name === build || !/^([0-9a-f]{16}|draft-.*)$/.test(name)) continue;
    // Another process may remove it at the same time.
    const found = await stat(join(dist, name)).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - unusedMs) await rm(join(dist, name), { recursive: true, force: true });
  }
}
