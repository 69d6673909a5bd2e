import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { embeddedError } from './embedded-error.ts';
import { findProcess } from './processes.ts';

/**
 * Lock for starting and stopping the server. Node has no flock(2), and a plain lock file cannot be taken over safely: between finding it
 * stale and removing it, another process may have replaced it. So the lock is a directory that contains one file, the holder's ticket:
 *
 * - take: fill a new directory and rename(2) it to the lock's name, which fails unless that is absent or empty;
 * - release, and take over from a dead holder: unlink that ticket. Its name is unique, so a later holder is not affected.
 */
export interface StartLock {
  readonly release: () => void;
}

/** Takes the lock (undefined: a live process holds it). */
export function tryStartLock(lockDir: string): StartLock | undefined {
  for (const ticket of entries(lockDir)) {
    if (isHeld(ticket)) return undefined;
    rmSync(join(lockDir, ticket), { force: true });
  }
  const ticket = `${process.pid}_${findProcess(process.pid)?.startedAt ?? '0'}_${randomBytes(6).toString('hex')}`;
  const candidate = `${lockDir}.${ticket}`;
  try {
    mkdirSync(candidate);
    writeFileSync(join(candidate, ticket), '');
    renameSync(candidate, lockDir);
  } catch (cause) {
    rmSync(candidate, { recursive: true, force: true });
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return undefined;
    throw embeddedError(
      `the lock ${lockDir} cannot be made: ${messageOf(cause)}`,
      'set ASSAY_DATA_DIR to a directory you can write',
      cause,
    );
  }
  removeLeftCandidates(lockDir);
  return {
    release: () => {
      rmSync(join(lockDir, ticket), { force: true });
      removeIfEmpty(lockDir);
    },
  };
}

function isHeld(ticket: string): boolean {
  const [pid, startedAt] = ticket.split('_');
  const found = findProcess(Number(pid));
  return found !== undefined && found.startedAt === startedAt;
}

/** Removes directories of processes that were killed before the rename. */
function removeLeftCandidates(lockDir: string): void {
  const prefix = `${basename(lockDir)}.`;
  for (const name of readdirSync(dirname(lockDir))) {
    if (!name.startsWith(prefix) || isHeld(name.slice(prefix.length))) continue;
    rmSync(join(dirname(lockDir), name), { recursive: true, force: true });
  }
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw embeddedError(
      `the lock ${directory} cannot be read: ${messageOf(error)}`,
      'use a data directory of your own (ASSAY_DATA_DIR)',
      error,
    );
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
  }
}
