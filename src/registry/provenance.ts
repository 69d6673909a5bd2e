import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type GitState, gitStateOf } from '../core/git.ts';
import { sha256 } from '../core/json.ts';
import { packageRoot } from '../core/package-root.ts';
import { userName } from '../core/user-name.ts';

/** The user who decides, by the operating system. */
export interface Principal {
  readonly user: string;
  readonly host: string;
}

/** The program that decides. */
export interface Code extends GitState {
  /** SHA-256 of package-lock.json, which pins every dependency (null if there is none). */
  readonly lockfileHash: string | null;
  readonly node: string;
}

export function currentPrincipal(): Principal {
  return { user: userName(), host: hostname() };
}

export async function currentCode(): Promise<Code> {
  const [git, lockfile] = await Promise.all([gitStateOf(packageRoot), readFile(join(packageRoot, 'package-lock.json')).catch(() => null)]);
  return { ...git, lockfileHash: lockfile === null ? null : sha256(lockfile), node: process.version };
}
