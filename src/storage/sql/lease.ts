import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Lease, StudyId } from '../../search/study/storage.ts';
import { attempts, trials } from '../schema/index.ts';

/**
 * `Lease.trial` is the study's and the trial's key in one: whoever holds a lease can tell the study without a query.
 * Nobody outside the storage reads it.
 */
export function leasedTrial(study: StudyId, trial: string): string {
  return `${study}/${trial}`;
}

export function studyOf(lease: Lease): StudyId {
  return Number(lease.trial.split('/')[0]);
}

function trialIdOf(lease: Lease): string {
  return lease.trial.split('/')[1] ?? '';
}

/** A lease as the values of a prepared statement; `leaseHeld` is the fence there. */
export type LeaseValue = 'trial' | 'token' | 'attempt';

export function leaseValues(lease: Lease): Readonly<Record<LeaseValue, unknown>> {
  return { trial: trialIdOf(lease), token: lease.token, attempt: lease.attempt };
}

export function leaseHeld(value: (name: LeaseValue) => Placeholder): SQL {
  return held(value('trial'), value('token'), value('attempt'));
}

/**
 * The fence of every verb: the trial still runs, under this token, and the database's clock says the lease is alive.
 * `clock_timestamp()` and not `now()`, so that time spent waiting for a lock counts.
 */
export function isHeld(lease: Lease): SQL {
  return held(trialIdOf(lease), lease.token, lease.attempt);
}

function held(id: unknown, token: unknown, attempt: unknown): SQL {
  return sql`${trials.id} = ${id} and ${trials.leaseToken} = ${token} and ${trials.attempt} = ${attempt}
    and ${trials.state} = 'running' and ${trials.leaseExpiresAt} > clock_timestamp()`;
}

/** Whether this attempt was already ended this way: the answer to a verb that is repeated after its reply was lost. */
export function isAttempt(lease: Lease): SQL {
  return sql`${attempts.trialId} = ${trialIdOf(lease)} and ${attempts.attempt} = ${lease.attempt} and ${attempts.token} = ${lease.token}`;
}

/** The expiry of a lease that begins now, by the database's clock. */
export function expiryAfter(leaseMs: SQL | number): SQL {
  return sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`;
}

/**
 * One step of a study's revision, as a statement for a `with`: `study (id, revision)`. Locks are taken in one order everywhere,
 * trial before study, so no two verbs can wait for each other; `ask` alone starts with the study, and locks no trial.
 * @param id a query for the study's id; none: no study changes.
 */
export function nextRevision(id: SQL, cancelled: SQL = sql`0`): SQL {
  return sql`update studies set revision = studies.revision + 1, cancelled_trials = studies.cancelled_trials + (${cancelled}), updated_at = now()
    where studies.id = (${id}) returning studies.id, studies.revision`;
}

/**
 * A column that lets the statement's commit return before it is on disk. Whatever is flushed later (a `finish` always is) takes
 * everything before it along, so a crash of the server forgets a tail of what happened and never a piece out of the middle.
 */
export const notFlushed = sql`set_config('synchronous_commit', 'off', true)`;
