import { cpus } from 'node:os';
import { ownGitState } from '../../core/git.ts';
import { packageVersion } from '../../core/version.ts';
import type { RuntimeInfo } from '../../search/study/storage.ts';
import type { Device } from '../../search/study/trial-context.ts';

/** Returns the versions and hardware of a worker, stored with each attempt to explain results that differ between machines. */
export async function runtimeInfo(device: Device): Promise<RuntimeInfo> {
  const { gitCommit, gitDirty } = await ownGitState();
  const [processor] = cpus();
  return {
    assay: gitCommit === null ? packageVersion : `${packageVersion} (${gitCommit.slice(0, 12)}${gitDirty ? ', changed since' : ''})`,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    cpu: processor?.model.trim() || 'unknown',
    device,
  };
}
