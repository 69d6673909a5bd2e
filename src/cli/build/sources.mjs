// What a build is made of: which files, and two fingerprints of them, a quick one to see that nothing changed and one that names the build.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Beside the code: what decides how it is compiled and which packages go in. */
const settings = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** Absolute paths, sorted: all of src but its tests and the pages, which are built by themselves, and the settings. */
export function sourceFilesOf(root) {
  const files = [];
  collect(join(root, 'src'), files, join(root, 'src/web'));
  return [...files.sort((a, b) => (a < b ? -1 : 1)), ...settings.map((name) => join(root, name))];
}

function collect(folder, into, without) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === without) continue;
    if (entry.isDirectory()) collect(path, into, without);
    else if (!entry.name.endsWith('.test.ts')) into.push(path);
  }
}

/**
 * Hash of every file's size and time of change in whole seconds (layers of container images keep no more), and whether it can be relied on:
 * a file that changed within the last two seconds could change once more without a trace.
 */
export function signatureOf(root, files, nowMs = Date.now()) {
  const hash = createHash('sha256');
  let newestMs = 0;
  for (const path of files) {
    const { size, mtimeMs } = statSync(path);
    newestMs = Math.max(newestMs, mtimeMs);
    hash.update(`${relative(root, path)} ${size} ${Math.floor(mtimeMs / 1000)}\n`);
  }
  return { signature: hash.digest('hex'), isSettled: newestMs < nowMs - 2000 };
}

/** Names a build: 16 hexadecimal digits of the hash of every file's path and content. */
export function contentHashOf(root, files) {
  const hash = createHash('sha256');
  for (const path of files) {
    const text = readFileSync(path);
    hash.update(`${relative(root, path)} ${text.length}\n`).update(text);
  }
  return hash.digest('hex').slice(0, 16);
}
