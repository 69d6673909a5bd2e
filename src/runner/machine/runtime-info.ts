import { cpus } from 'node:os';
import { gitStateOf } from '../../core/git.ts';
import { packageRoot } from '../../core/package-root.ts';
import { packageVersion } from '../../core/version.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';

/** What a worker runs on, as it is kept with each of its attempts: who finds two results that should be equal and are not looks here first. */
export async function runtimeInfo(device: Device): Promise<RuntimeInfo> {
  const { gitCommit, gitDirty } = await gitStateOf(packageRoot);
  const [processor] = cpus();
  return {
    assay: gitCommit === null ? packageVersion : `${packageVersion} (${gitCommit.slice(0, 12)}${gitDirty ? ', changed since' : ''})`,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: processor?.model.trim() || 'unknown',
    device,
  };
}
