import { randomBytes } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A draft unmodified for this long is abandoned, whatever process its name says: process ids are reused. */
const oldestDraftMs = 24 * 3_600_000;

export function draftsFolder(dataDir: string): string {
  return join(dataDir, 'artifacts', 'drafts');
}

/** Returns a file name that contains the process id, so that drafts of killed processes can be found. */
export function draftName(): string {
  return `${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}`;
}

/**
 * Removes the drafts of this machine's dead processes.
 * @param own also those of this process, after all its writers have ended.
 */
export async function sweepDrafts(dataDir: string, { own = false } = {}): Promise<void> {
  const folder = draftsFolder(dataDir);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const [, host, pid] = /^(.*)\.(\d+)\.[0-9a-f]{12}$/.exec(name) ?? [];
    const ours = host === hostname() && (Number(pid) === process.pid ? own : !isAlive(Number(pid)));
    if (ours || (await isOld(path))) await unlink(path).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > oldestDraftMs;
}
