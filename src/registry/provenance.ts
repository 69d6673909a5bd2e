import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { sql } from 'drizzle-orm';
import { AssayError } from '../core/errors.ts';
import { type GitState, ownGitState } from '../core/git.ts';
import { sha256 } from '../core/json.ts';
import { ownLockfile } from '../core/package-root.ts';
import { userName } from '../core/user-name.ts';
import type { Db } from '../storage/database.ts';

/** Who decides. */
export interface Principal {
  /** By the operating system. */
  readonly user: string;
  readonly host: string;
  /** Role of the database (absent: a record of an earlier release). */
  readonly role?: string;
  /** Name that was given with `--as`; whoever uses the account answers for it (absent: none). */
  readonly as?: string;
}

/** The program that decides. */
export interface Code extends GitState {
  /** SHA-256 of package-lock.json, which pins every dependency (null if there is none). */
  readonly lockfileHash: string | null;
  readonly node: string;
}

/** @throws AssayError `usage` for a name that is empty, long or holds control characters */
export async function currentPrincipal(db: Db, as?: string): Promise<Principal> {
  if (as !== undefined && !/^(?! *$)[^\p{C}]{1,100}$/u.test(as))
    throw new AssayError('usage', `${JSON.stringify(as.slice(0, 100))} is not the name of a person or program`, {
      place: '--as',
      hint: 'a name of 1 to 100 printable characters',
    });
  const { rows } = await db.execute<{ role: string }>(sql`select session_user::text as role`);
  return { user: userName(), host: hostname(), ...(rows[0] && { role: rows[0].role }), ...(as !== undefined && { as: as.trim() }) };
}

/** `ada@engine`, with a name that was given in front: `bob (ada@engine)`. */
export function sayPrincipal({ user, host, as }: Principal): string {
  return as === undefined ? `${user}@${host}` : `${as} (${user}@${host})`;
}

/**
 * True if the second cannot be told from the first: by the name that it gives, else by its database role. Names are compared with every name
 * of the first, without regard to case.
 */
export function isSamePrincipal(first: Principal, second: Principal): boolean {
  const plain = (name: string): string => name.trim().normalize('NFKC').toLowerCase();
  const names = [first.as, first.role, first.user].flatMap((name) => (name === undefined ? [] : [plain(name)]));
  if (second.as !== undefined) return names.includes(plain(second.as));
  // A record of before roles were kept has the user alone.
  if (first.role === undefined || second.role === undefined) return names.includes(plain(second.user));
  return names.includes(plain(second.role));
}

export async function currentCode(): Promise<Code> {
  const [git, lockfile] = await Promise.all([ownGitState(), readFile(ownLockfile).catch(() => null)]);
  return { ...git, lockfileHash: lockfile === null ? null : sha256(lockfile), node: process.version };
}
