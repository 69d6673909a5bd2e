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

/** Tests every guarantee of the Storage port. The test file of an implementation is one call. */
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
