// Finds the build that belongs to the sources as they are, and makes it where there is none.
import { existsSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { contentHashOf, signatureOf, sourceFilesOf } from './sources.mjs';

const touchEveryMs = 1_800_000;

/**
 * The folder of the build, made now where there is none; null where it cannot be made (`dist` cannot be written, say): then the program runs
 * from its sources.
 * @param options `onBuild` is called before a build is made, which takes seconds; `onFailure` with the error where that fails.
 */
export async function currentBuild(root, { onBuild = () => undefined, onFailure = () => undefined } = {}) {
  const files = sourceFilesOf(root);
  const { signature, isSettled } = signatureOf(root, files);
  const folderOf = (build) => join(root, 'dist', build);
  const current = readCurrent(root);
  if (current?.signature === signature && existsSync(folderOf(current.build))) return folderOf(current.build);

  let build = contentHashOf(root, files);
  try {
    const { makeBuild, makeCurrent } = await import('./make.mjs');
    if (!existsSync(folderOf(build))) {
      onBuild();
      build = await makeBuild(root, files);
    }
    await makeCurrent(root, build, isSettled ? signature : null);
  } catch (error) {
    // Only that it is the current one could not be written.
    if (existsSync(folderOf(build))) return folderOf(build);
    onFailure(error);
    return null;
  }
  return folderOf(build);
}

/** Says now and every half hour that the build is in use, so that no other process removes it. */
export function keepInUse(folder) {
  const touch = () => {
    try {
      utimesSync(folder, new Date(), new Date());
    } catch {
      // Of another user, or read-only: then only its owner removes it, who uses it as well or knows that it is shared.
    }
  };
  touch();
  setInterval(touch, touchEveryMs).unref();
}

function readCurrent(root) {
  try {
    return JSON.parse(readFileSync(join(root, 'dist/current.json'), 'utf8'));
  } catch {
    // None yet, or one that another version wrote: the contents decide.
    return null;
  }
}
