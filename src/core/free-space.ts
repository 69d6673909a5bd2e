import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AssayError } from './errors.ts';

/**
 * Bytes left free on every disk that is written to (64 MB, or ASSAY_DISK_RESERVE_MB): an embedded server that cannot write its log stops.
 */
export function reserveBytes(environment: NodeJS.ProcessEnv = process.env): number {
  const megabytes = Number(environment['ASSAY_DISK_RESERVE_MB'] ?? '');
  return (environment['ASSAY_DISK_RESERVE_MB'] && megabytes >= 0 ? megabytes : 64) * 2 ** 20;
}

/** Returns the bytes that an ordinary user may still write below a path, or below its nearest existing parent. */
export async function freeBytes(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (!isMissing(error) || dirname(at) === at) throw writeFault(error, path);
    }
  }
}

function freeBytesSync(path: string): number {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch (error) {
      if (!isMissing(error) || dirname(at) === at) throw writeFault(error, path);
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** @throws AssayError `disk_full` if `wanted` bytes would use part of the reserve; `unavailable` if the folder cannot be read */
export async function requireSpace(path: string, wanted: number): Promise<void> {
  refuseBeyond(path, wanted, await freeBytes(path));
}

/** Synchronous variant of `requireSpace`. */
export function requireSpaceSync(path: string, wanted: number): void {
  refuseBeyond(path, wanted, freeBytesSync(path));
}

function refuseBeyond(path: string, wanted: number, free: number): void {
  const reserve = reserveBytes();
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

/** Returns the AssayError for a failed write; errors of other origin than the file system unchanged. */
export function writeFault(cause: unknown, folder: string): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  if ('code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT')) return diskFull(folder, cause.message, cause);
  return new AssayError('unavailable', `cannot write to ${folder}: ${cause.message}`, {
    place: folder,
    hint: 'does another user own the data directory, or is it read-only?',
    cause,
  });
}
