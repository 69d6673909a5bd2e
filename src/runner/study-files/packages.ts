import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOf, sha256 } from '../../core/json.ts';
import { ownLockfile as own } from '../../core/package-root.ts';
import { builtLockfile } from '../program-entries.ts';

const lockfile = 'package-lock.json';

/** The fields of a package in npm's lock file that identify its version. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: unknown;
  readonly cpu?: unknown;
}

/** Hashes of packages, see {@link packagesOf} (null: no lock file). */
export interface Packages {
  readonly now: string | null;
  /** Hash of the packages that this process loaded: those of its build, or those it first found. A loaded package is not loaded again. */
  readonly first: string | null;
}

/**
 * Returns the SHA-256 over the versions and contents of the runtime packages that lock files pin: of this package and of the nearest lock
 * file above the study, if that is another one. Development tools and builds for one platform are left out, so machines of different kinds
 * with the same packages have the same hash.
 */
export async function packagesOf(studyFile: string): Promise<Packages> {
  const near = nearestLockfile(dirname(studyFile));
  const ours = await seenIn(own);
  const theirs = near === own || near === null ? none : await seenIn(near);
  return { now: joined(ours.now, theirs.now), first: joined(ours.first, theirs.first) };
}

const none: Packages = { now: null, first: null };

function joined(ours: string | null, theirs: string | null): string | null {
  return theirs === null ? ours : hashOf({ ours, theirs });
}

const seen = new Map<string, string | null>();

async function seenIn(path: string): Promise<Packages> {
  const now = await lockHashOf(path);
  if (!seen.has(path)) seen.set(path, path === own && builtLockfile !== null ? await lockHashOf(builtLockfile) : now);
  return { now, first: seen.get(path)! };
}

function nearestLockfile(folder: string): string | null {
  const path = join(folder, lockfile);
  if (existsSync(path)) return path;
  return dirname(folder) === folder ? null : nearestLockfile(dirname(folder));
}

const known = new Map<string, { readonly version: string; readonly hash: string }>();

/** Returns the hash of a lock file; cached until the file changes, because every trial reads it. */
async function lockHashOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const version = `${found.mtimeMs} ${found.size} ${found.ino}`;
  const last = known.get(path);
  if (last?.version === version) return last.hash;
  const hash = hashOfLock(await readFile(path, 'utf8'));
  known.set(path, { version, hash });
  return hash;
}

function hashOfLock(text: string): string {
  try {
    const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, LockedPackage>> };
    const running = Object.entries(packages).filter(([path, locked]) => path.startsWith('node_modules/') && counts(locked));
    return hashOf(Object.fromEntries(running.map(([path, { version = null, integrity = null }]) => [path, [version, integrity]])));
  } catch {
    // Not npm's current format: any difference counts as another version.
    return sha256(text);
  }
}

function counts({ dev = false, optional = false, os, cpu }: LockedPackage): boolean {
  const forOnePlatform = optional && (os !== undefined || cpu !== undefined);
  return !dev && !forOnePlatform;
}
