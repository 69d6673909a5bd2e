import { sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { ClaimRequest, Lease, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { claimNumbered } from './claim-queued.ts';
import { refuseFrozenStudy } from './frozen.ts';
import { leasedTrial } from './lease.ts';

/** Suffix of the worker names of processes that drive a search from outside. */
export const askTellSuffix = ':ask-tell';

export interface Adopted {
  readonly lease: Lease;
  /** Steps reported so far. */
  readonly steps: readonly number[];
}

/**
 * Leases a trial that another process asked for, to report and tell it here: under its living lease, or under a new one if it is queued
 * again. The first process to tell it ends it.
 * @throws AssayError `not_found`; `conflict` for a trial that has ended, is paused, is run by a worker, or waits in a study that is frozen
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
      array(select step::float8 from reports where trial_id = trials.id and reports.attempt = trials.attempt order by step) as steps
    from trials where study_id = ${study} and number = ${number}`);
  const trial = rows[0];
  if (trial === undefined) throw new AssayError('not_found', `there is no trial ${number}`, { hint: 'ask first; numbers count from 0' });
  if (trial.state === 'queued') await refuseFrozenStudy(db, study);
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
