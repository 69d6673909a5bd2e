import { messageOf } from '../../core/errors.ts';
import type { WorkerEvent } from '../events.ts';
import { type Capacity, lackFor } from '../machine/capacity.ts';
import { sourceHashOf } from '../study-files/module-ref.ts';
import { moduleFileOf } from '../study-files/module-url.ts';
import { packagesOf } from '../study-files/packages.ts';
import type { Incompatibility, StudyDemands } from './served-studies.ts';

/**
 * Returns why this worker cannot run a study: its source, packages or machine (null: it can). Packages are compared if the study was opened
 * with a lock file; a worker without one is then incompatible.
 */
export async function incompatibilityOf({ module, needs }: StudyDemands, capacity: Capacity): Promise<Incompatibility | null> {
  let file: string;
  try {
    file = moduleFileOf(module.url);
  } catch (error) {
    return { part: 'machine', because: messageOf(error) };
  }
  let source: string;
  try {
    source = await sourceHashOf(file);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    return { part: 'source', because: error.code === 'ENOENT' ? `${file} is not there` : `${file} cannot be read: ${error.message}` };
  }
  if (source !== module.sourceHash) return { part: 'source', because: `${file} is another one here` };
  if (module.packagesHash !== null) {
    const { now, first } = await packagesOf(file);
    if (module.packagesHash !== now) return { part: 'packages', because: 'package-lock.json pins other versions here' };
    if (module.packagesHash !== first)
      return { part: 'machine', because: 'package-lock.json has changed since this worker started; restart the worker' };
  }
  const lack = lackFor(needs, capacity);
  return lack === null ? null : { part: 'machine', because: lack };
}

export function incompatibleEvent(study: string, { module }: StudyDemands, { part, because }: Incompatibility): WorkerEvent {
  return part === 'machine' ? { kind: 'study-unfit', study, because } : { kind: 'source-changed', study, url: module.url, part };
}
