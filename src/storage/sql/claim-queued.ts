import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Claimed, ClaimRequest, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { beginsAttempt, type ClaimedRow, claimedColumns, claimedOf, factsValue, takenColumns, tokenOf } from './claimed-columns.ts';
import { expiryAfter, nextRevision, notFlushed } from './lease.ts';
import { prepared } from './prepared.ts';

const opened = {
  sourceHash: sql`(select source_hash from studies where studies.id = claimed.study_id)`,
  packagesHash: sql`(select packages_hash from studies where studies.id = claimed.study_id)`,
};

type ClaimValue = 'worker' | 'leaseMs' | 'ranOn' | 'token';

/** A request that takes another trial each time. */
export type TakeRequest = Omit<ClaimRequest, 'repeated'>;

/** Statement that claims a candidate. Not flushed, see `suggestNext`. */
function claims(candidate: SQL, value: (name: ClaimValue) => Placeholder): SQL {
  return sql`
    with candidate as (${candidate}), study as (${nextRevision(sql`select study_id from candidate`, sql`0`, sql`studies.frozen_by is null`)}),
    claimed as (
      update trials set state = 'running', attempt = trials.attempt + 1, revision = study.revision, worker = ${value('worker')},
        started_at = clock_timestamp(), lease_token = ${tokenOf(value('token'))}, lease_ms = ${value('leaseMs')}::int,
        lease_expires_at = ${expiryAfter(sql`${value('leaseMs')}::int`)}
      from candidate, study where trials.id = candidate.id
      returning ${takenColumns}
    ), begun as (${beginsAttempt(opened, sql`${value('ranOn')}`)})
    select ${claimedColumns}, ${notFlushed} from claimed join studies on studies.id = claimed.study_id`;
}

/**
 * `skip locked` lets any number of workers claim at once without waiting for each other. The partial index `trials_queue` holds queued
 * trials only, by priority and age, so finished ones cost nothing. Trials of a stopped study that had begun are claimed; those of a paused
 * study wait, and those of a frozen one. A freeze that commits while a claim waits for the study's row holds it, too.
 */
const claimQueued = prepared<ClaimedRow, keyof TakeRequest>('claim', (value) =>
  claims(
    sql`select id, study_id from trials
      where study_id = any(${value('studies')}::int[]) and state = 'queued'
        and exists (select from studies where id = trials.study_id and standing <> 'paused' and frozen_by is null)
      order by priority desc, id limit 1 for no key update skip locked`,
    value,
  ),
);

const claimOne = prepared<ClaimedRow, ClaimValue | 'study' | 'number'>('claim_numbered', (value) =>
  claims(
    sql`select id, study_id from trials where study_id = ${value('study')}::int and number = ${value('number')}::int and state = 'queued' for no key update`,
    value,
  ),
);

/** Claims the queued trial of this number (null: it is not queued, or a freeze holds its study). */
export async function claimNumbered(
  db: Db,
  request: Pick<ClaimRequest, 'worker' | 'leaseMs'> & { readonly study: StudyId; readonly number: number },
): Promise<Claimed | null> {
  const { rows } = await claimOne(db, { ...request, ranOn: null, token: null });
  return rows[0] === undefined ? null : claimedOf(rows[0]);
}

/** Claims the next queued trial (null: none is queued). Each call claims another one; also within a transaction. */
export async function claimNext(db: Db, { studies, worker, leaseMs, ranOn, token }: TakeRequest): Promise<Claimed | null> {
  const { rows } = await claimQueued(db, { studies, worker, leaseMs, ranOn: factsValue(ranOn), token: token ?? null });
  return rows[0] === undefined ? null : claimedOf(rows[0]);
}
