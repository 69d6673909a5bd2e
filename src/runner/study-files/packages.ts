import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hashOf, sha256 } from '../../core/json.ts';
import { packageRoot } from '../../core/package-root.ts';
import { builtLockfile } from '../program-entries.ts';

const lockfile = 'package-lock.json';
const own = join(packageRoot, lockfile);

/** What npm writes of each package, as far as it tells one version from another. */
interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: unknown;
  readonly cpu?: unknown;
}

/** Hashes of packages, as {@link packagesOf} says; null where there is no lock file. */
export interface Packages {
  readonly now: string | null;
  /** As this process loaded them: as its build has them, or as it saw them first. What it has loaded of a package it does not load anew. */
  readonly first: string | null;
}

/**
 * SHA-256 over the packages, their versions and contents, that lock files pin for running: of this package and, where a study has one of
 * its own, of the nearest above it. Tools of development do not count, nor do builds for one platform, which follow the package they belong
 * to: machines of two kinds that installed the same have the same hash.
 */
export async function packagesOf(studyFile: string): Promise<Packages> {
  const near = nearestLockfile(dirname(studyFile));
  const ours = await seenIn(own);
  const theirs = near === own || near === null ? none : await seenIn(near);
  return { now: together(ours.now, theirs.now), first: together(ours.first, theirs.first) };
}

const none: Packages = { now: null, first: null };

function together(ours: string | null, theirs: string | null): string | null {
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

/** Read again only when the file has changed: every trial asks. */
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
    // Not npm's format of today: whatever differs is another version.
    return sha256(text);
  }
}

function counts({ dev = false, optional = false, os, cpu }: LockedPackage): boolean {
  const forOnePlatform = optional && (os !== undefined || cpu !== undefined);
  return !dev && !forOnePlatform;
}
