import { randomBytes } from 'node:crypto';
import { readdir, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A draft that nobody has touched for so long belongs to nobody, whatever its name says: process ids come again. */
const oldestDraftMs = 24 * 3_600_000;

export function draftsFolder(dataDir: string): string {
  return join(dataDir, 'artifacts', 'drafts');
}

/** A name that tells whose draft it is, so that what a killed process left can be found. */
export function draftName(): string {
  return `${hostname()}.${process.pid}.${randomBytes(6).toString('hex')}`;
}

/**
 * Remove the drafts of processes of this machine that are no more.
 * @param own also those of this very process, whose writers have all ended.
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
