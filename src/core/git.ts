import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface GitState {
  /** Null outside a repository, or without git. */
  readonly gitCommit: string | null;
  /** Whether a tracked file differs from that commit. */
  readonly gitDirty: boolean;
}

/** The commit that a folder's files are at. */
export async function gitStateOf(folder: string): Promise<GitState> {
  try {
    const { stdout: commit } = await run('git', ['rev-parse', 'HEAD'], { cwd: folder });
    const { stdout: changes } = await run('git', ['--no-optional-locks', 'status', '--porcelain', '--untracked-files=no'], { cwd: folder });
    return { gitCommit: commit.trim(), gitDirty: changes.trim() !== '' };
  } catch {
    // No git, no repository, no commit yet: whoever asks also keeps a hash of the source.
    return { gitCommit: null, gitDirty: false };
  }
}
