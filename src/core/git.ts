import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isCheckout, packageRoot } from './package-root.ts';

const run = promisify(execFile);

export interface GitState {
  /** Null outside a repository, or without git. */
  readonly gitCommit: string | null;
  /** True if a tracked file differs from that commit. */
  readonly gitDirty: boolean;
}

const none: GitState = { gitCommit: null, gitDirty: false };

/** Returns the commit that is checked out in a folder. */
export async function gitStateOf(folder: string): Promise<GitState> {
  try {
    const status = ['--no-optional-locks', 'status', '--porcelain=v2', '--branch', '--no-ahead-behind', '--untracked-files=no'];
    const { stdout } = await run('git', status, { cwd: folder });
    const [, commit] = /^# branch\.oid ([0-9a-f]+)$/m.exec(stdout) ?? [];
    if (commit === undefined) return none;
    return { gitCommit: commit, gitDirty: /^[^#]/m.test(stdout) };
  } catch {
    // No git, no repository, or no commit yet: callers keep a hash of the source as well.
    return none;
  }
}

/** Returns the commit of this program; that of a repository which it was installed in says nothing of it. */
export async function ownGitState(): Promise<GitState> {
  return isCheckout ? gitStateOf(packageRoot) : none;
}
