import { createWriteStream } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';

/** Extracts the entries of a zip file that match `wanted` to `folder`, with their modes, and counts them. yauzl refuses paths outside. */
export async function extract(zipFile: string, folder: string, wanted: readonly RegExp[]): Promise<number> {
  let count = 0;
  const zip = await openPromise(zipFile, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || !wanted.some((pattern) => pattern.test(entry.fileName))) continue;
      const file = join(folder, entry.fileName);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(file));
      // The upper half holds the Unix mode.
      await chmod(file, (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644);
      count += 1;
    }
  } finally {
    zip.close();
  }
  return count;
}
