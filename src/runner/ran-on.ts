import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gitStateOf } from '../core/git.ts';
import type { Facts } from '../search/study/storage.ts';
import type { Device } from '../search/study/trial-context.ts';

const packageFile = fileURLToPath(new URL('../../package.json', import.meta.url));

/** What a worker runs on, as it is kept with each of its attempts: who finds two results that should be equal and are not looks here first. */
export async function ranOn(device: Device): Promise<Facts> {
  const { version } = JSON.parse(await readFile(packageFile, 'utf8')) as { readonly version: string };
  const { gitCommit, gitDirty } = await gitStateOf(dirname(packageFile));
  const [processor] = cpus();
  return {
    assay: gitCommit === null ? version : `${version} (${gitCommit.slice(0, 12)}${gitDirty ? ', changed since' : ''})`,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: processor?.model.trim() || 'unknown',
    device,
  };
}
