import type { Claimed, ClaimRequest } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { claimNext } from '../sql/claim-queued.ts';
import { takeOnce } from '../sql/take-once.ts';

/**
 * Takes the queued trial of the highest priority, the oldest first (null: none is queued). Sent again with the same token it returns the
 * same trial.
 */
export function claim(db: Db, request: ClaimRequest): Promise<Claimed | null> {
  return takeOnce(db, request, (next) => claimNext(db, next));
}
