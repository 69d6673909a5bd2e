import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { ClaimRequest, Lease, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { claimNumbered } from './claim-queued.ts';
import { leasedTrial } from './lease.ts';

/** How processes that drive a search from outside end their names. */
export const askTellSuffix = ':ask-tell';

export interface Adopted {
  readonly lease: Lease;
  /** What was reported of it so far. */
  readonly steps: readonly number[];
}

/**
 * A trial that another process asked for, to be reported on and told here: under the lease that it has, where that lives, or under a new
 * one, where it is in the queue again. Whoever tells it first ends it.
 * @throws AssayError `not_found`; `conflict` for a trial that has ended, waits, or is run by a worker
 */
export async function adopt(
  db: Db,
  study: StudyId,
  number: number,
  { worker, leaseMs }: Pick<ClaimRequest, 'worker' | 'leaseMs'>,
): Promise<Adopted> {
  const claimed = await claimNumbered(db, { study, number, worker, leaseMs });
  if (claimed !== null) return { lease: claimed.lease, steps: [] };
  const { rows } = await db.execute<HeldRow>(sql`
    select id, state, worker, attempt, lease_token, lease_expires_at > clock_timestamp() as alive,
      array(select step from reports where trial_id = trials.id and reports.attempt = trials.attempt order by step) as steps
    from trials where study_id = ${study} and number = ${number}`);
  const trial = rows[0];
  if (trial === undefined) throw new AssayError('not_found', `there is no trial ${number}`, { hint: 'ask first; numbers count from 0' });
  if (trial.state !== 'running')
    throw new AssayError('conflict', `trial ${number} is ${trial.state} already`, { hint: 'a finished trial does not change' });
  if (!trial.worker.endsWith(askTellSuffix) || trial.lease_token === null || trial.alive !== true)
    throw new AssayError('conflict', `trial ${number} is run by ${trial.worker}`, { hint: 'only a trial that was asked for can be told' });
  return { lease: { trial: leasedTrial(study, String(trial.id)), token: trial.lease_token, attempt: trial.attempt }, steps: trial.steps };
}

interface HeldRow extends Record<string, unknown> {
  readonly id: string | number;
  readonly state: string;
  readonly worker: string;
  readonly attempt: number;
  readonly lease_token: string | null;
  readonly alive: boolean | null;
  readonly steps: readonly number[];
}
