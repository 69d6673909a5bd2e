import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface GitState {
  /** Null outside a repository, or without git. */
  readonly gitCommit: string | null;
  /** True if a tracked file differs from that commit. */
  readonly gitDirty: boolean;
}

/** Returns the commit that is checked out in a folder. */
export async function gitStateOf(folder: string): Promise<GitState> {
  try {
    const { stdout: commit } = await run('git', ['rev-parse', 'HEAD'], { cwd: folder });
    const { stdout: changes } = await run('git', ['--no-optional-locks', 'status', '--porcelain', '--untracked-files=no'], { cwd: folder });
    return { gitCommit: commit.trim(), gitDirty: changes.trim() !== '' };
  } catch {
    // No git, no repository, or no commit yet: callers keep a hash of the source as well.
    return { gitCommit: null, gitDirty: false };
  }
}
