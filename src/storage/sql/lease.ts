import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Lease, StudyId } from '../../search/study/storage.ts';
import { attempts, trials } from '../schema/index.ts';

/**
 * Encodes the ids of study and trial as `Lease.trial`, so that the study of a lease is known without a query. Opaque outside of the
 * storage.
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

/** Values of a lease in a prepared statement, for `leaseHeld`. */
export type LeaseValue = 'trial' | 'token' | 'attempt';

export function leaseValues(lease: Lease): Readonly<Record<LeaseValue, unknown>> {
  return { trial: trialIdOf(lease), token: lease.token, attempt: lease.attempt };
}

export function leaseHeld(value: (name: LeaseValue) => Placeholder): SQL {
  return held(value('trial'), value('token'), value('attempt'));
}

/**
 * Fence of every verb: true if the trial runs under this token and attempt and the lease is alive by the database's clock.
 * `clock_timestamp()` and not `now()`, so that time spent waiting for a lock counts.
 */
export function isHeld(lease: Lease): SQL {
  return held(trialIdOf(lease), lease.token, lease.attempt);
}

function held(id: unknown, token: unknown, attempt: unknown): SQL {
  return sql`${trials.id} = ${id} and ${trials.leaseToken} = ${token} and ${trials.attempt} = ${attempt}
    and ${trials.state} = 'running' and ${trials.leaseExpiresAt} > clock_timestamp()`;
}

/** Selects the attempt of a lease, to answer a verb repeated after a lost reply. */
export function isAttempt(lease: Lease): SQL {
  return sql`${attempts.trialId} = ${trialIdOf(lease)} and ${attempts.attempt} = ${lease.attempt} and ${attempts.token} = ${lease.token}`;
}

/** Expiry of a lease that begins now, by the database's clock. */
export function expiryAfter(leaseMs: SQL | number): SQL {
  return sql`clock_timestamp() + ${leaseMs} * interval '1 millisecond'`;
}

/**
 * Increments a study's revision, as a statement for a `with`: `study (id, revision)`. Locks are taken in one order everywhere, trial before
 * study, so no two verbs deadlock; only `ask` starts with the study, and it locks no trial then.
 * @param id a query for the study's id; no study changes if it is empty
 * @param cancelled number of trials that the statement cancels
 * @param condition on the study's row as it is when it is locked; none changes if it is false
 */
export function nextRevision(id: SQL, cancelled: SQL = sql`0`, condition: SQL = sql`true`): SQL {
  return sql`update studies set revision = studies.revision + 1, cancelled_trials = studies.cancelled_trials + (${cancelled}), updated_at = now()
    where studies.id = (${id}) and ${condition} returning studies.id, studies.revision`;
}

/**
 * Column that lets the commit of its statement return before it is on disk. A later flush (each `finish` flushes) takes everything before
 * it along, so a crash of the server forgets the newest part of what happened and nothing from the middle.
 */
export const notFlushed = sql`set_config('synchronous_commit', 'off', true)`;
