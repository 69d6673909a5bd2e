import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { dayMs } from '../local-time.ts';
import { datasetsFolder } from './layout.ts';

/** What is being done in a folder of its own, which is removed afterwards. */
const kinds = ['reading', 'generating', 'writing'] as const;

/** A process that was killed leaves its folder behind. One in which nothing was written for this long has no process any more. */
const abandonedMs = dayMs;

/**
 * A new private folder beside the data sets, on the same disk and not listed; the caller removes it. Folders that killed processes left
 * behind are removed first.
 */
export function makeWorkFolder(dataDir: string, kind: (typeof kinds)[number], name = ''): string {
  const folder = datasetsFolder(dataDir);
  removeAbandoned(folder);
  return mkdtempSync(join(folder, `.${kind}-${name === '' ? '' : `${name}-`}`));
}

function removeAbandoned(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || !kinds.some((kind) => entry.name.startsWith(`.${kind}-`))) continue;
    const path = join(folder, entry.name);
    if (Date.now() - lastWritten(path) > abandonedMs) rmSync(path, { recursive: true, force: true });
  }
}

/** Epoch milliseconds of the last change in a folder; now if it vanishes meanwhile. */
function lastWritten(path: string): number {
  try {
    return Math.max(statSync(path).mtimeMs, ...readdirSync(path).map((file) => statSync(join(path, file)).mtimeMs));
  } catch {
    return Date.now();
  }
}
