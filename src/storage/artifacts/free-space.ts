import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AssayError } from '../../core/errors.ts';

/**
 * Left free on every disk we write to: the embedded server keeps its log there, and a server that cannot write it goes down.
 * ASSAY_DISK_RESERVE_MB changes it.
 */
export function reserveBytes(environment: NodeJS.ProcessEnv = process.env): number {
  const megabytes = Number(environment['ASSAY_DISK_RESERVE_MB'] ?? '');
  return (environment['ASSAY_DISK_RESERVE_MB'] && megabytes >= 0 ? megabytes : 64) * 2 ** 20;
}

/** Bytes that an ordinary user may still write below a path; of its nearest parent that exists. */
export async function freeBytes(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT') || dirname(at) === at) throw error;
    }
  }
}

/** @throws AssayError `disk_full` where `wanted` bytes would eat into the reserve. */
export async function requireSpace(path: string, wanted: number): Promise<void> {
  const [free, reserve] = [await freeBytes(path), reserveBytes()];
  if (free >= wanted + reserve) return;
  const asked = wanted === 0 ? '' : `${megabytes(wanted)} are wanted and `;
  throw diskFull(path, `${asked}${megabytes(free)} are free, with ${megabytes(reserve)} to be left so`);
}

export function diskFull(path: string, because: string, cause?: unknown): AssayError {
  return new AssayError('disk_full', `the disk is full: ${because}`, {
    place: path,
    hint: '`assay gc --dry-run` shows what may go; ASSAY_DISK_RESERVE_MB is what is always left free',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MB`;
}
