import { modelConformance } from './storage/against-model.ts';
import { changesConformance } from './storage/changes.ts';
import { checkpointConformance } from './storage/checkpoints.ts';
import { forkConformance } from './storage/forks.ts';
import { leaseConformance } from './storage/leases.ts';
import { outcomeConformance } from './storage/outcomes.ts';
import { pauseConformance } from './storage/pauses.ts';
import { promotionConformance } from './storage/promotions.ts';
import { queueConformance } from './storage/queue.ts';
import type { StorageUnderTest } from './storage/subject.ts';

/**
 * Declares tests of every guarantee of the `Storage` port, concurrency, dead leases and a model of it among them. Each test opens studies of
 * its own, under names that no other process takes.
 *
 * @example
 * ```ts
 * import { storageConformance } from 'assay/testing';
 * import { mine } from './mine.ts';
 *
 * storageConformance(mine);
 * ```
 */
export function storageConformance(subject: StorageUnderTest): void {
  queueConformance(subject);
  outcomeConformance(subject);
  leaseConformance(subject);
  modelConformance(subject);
  changesConformance(subject);
  checkpointConformance(subject);
  pauseConformance(subject);
  promotionConformance(subject);
  forkConformance(subject);
}
