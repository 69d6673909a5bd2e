import { sql } from 'drizzle-orm';
import type { Claimed, ClaimRequest } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { prepared } from '../prepared.ts';
import { beginsAttempt, type ClaimedRow, claimedColumns, claimedOf, factsValue, takenColumns } from './claimed.ts';
import { expiryAfter, nextRevision, notFlushed } from './lease.ts';

const opened = {
  sourceHash: sql`(select source_hash from studies where studies.id = claimed.study_id)`,
  packagesHash: sql`(select packages_hash from studies where studies.id = claimed.study_id)`,
};

/**
 * One statement. `skip locked` lets any number of workers claim at once without waiting for each other's candidate;
 * the partial index `trials_queue` holds queued trials only, by priority and age, so finished ones cost nothing. A stopped study's trials that had begun
 * are still handed out; those of a paused one wait. Not flushed to disk: see `suggestNext`.
 */
const claimQueued = prepared<ClaimedRow, keyof ClaimRequest>(
  'claim',
  (value) => sql`
    with candidate as (
      select id, study_id from trials
      where study_id = any(${value('studies')}::int[]) and state = 'queued'
        and exists (select from studies where id = trials.study_id and standing <> 'paused')
      order by priority desc, id limit 1 for no key update skip locked
    ), study as (${nextRevision(sql`select study_id from candidate`)}),
    claimed as (
      update trials set state = 'running', attempt = trials.attempt + 1, revision = study.revision, worker = ${value('worker')},
        started_at = clock_timestamp(), lease_token = gen_random_uuid(), lease_ms = ${value('leaseMs')}::int,
        lease_expires_at = ${expiryAfter(sql`${value('leaseMs')}::int`)}
      from candidate, study where trials.id = candidate.id
      returning ${takenColumns}
    ), begun as (${beginsAttempt(opened, sql`${value('ranOn')}`)})
    select ${claimedColumns}, ${notFlushed} from claimed join studies on studies.id = claimed.study_id`,
);

export async function claim(db: Db, request: ClaimRequest): Promise<Claimed | null> {
  const { rows } = await claimQueued(db, { ...request, ranOn: factsValue(request.ranOn) });
  return rows[0] === undefined ? null : claimedOf(rows[0]);
}
