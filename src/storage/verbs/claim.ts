import { sql } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Claimed, ClaimRequest, StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { expiryAfter, leasedTrial, nextRevision } from './lease.ts';

/**
 * One statement. `skip locked` lets any number of workers claim at once without waiting for each other's candidate;
 * the partial index `trials_queue` holds queued trials only, so finished ones cost nothing. A stopped study's trials that had begun
 * are still handed out; those of a paused one wait.
 */
export async function claim(db: Db, { studies, worker, leaseMs }: ClaimRequest): Promise<Claimed | null> {
  const { rows } = await db.execute<ClaimRow>(sql`
    with candidate as (
      select id, study_id from trials
      where study_id = any(${sql.param(studies)}::int[]) and state = 'queued'
        and exists (select from studies where id = trials.study_id and standing <> 'paused')
      order by id limit 1 for no key update skip locked
    ), study as (${nextRevision(sql`select study_id from candidate`)}),
    claimed as (
      update trials set state = 'running', attempt = trials.attempt + 1, revision = study.revision, worker = ${worker},
        started_at = clock_timestamp(), lease_token = gen_random_uuid(), lease_ms = ${leaseMs}, lease_expires_at = ${expiryAfter(leaseMs)}
      from candidate, study where trials.id = candidate.id
      returning trials.*
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at, source_hash)
      select claimed.id, attempt, lease_token, worker, started_at, studies.source_hash
      from claimed join studies on studies.id = claimed.study_id
    )
    select claimed.id, claimed.study_id, claimed.number, claimed.params, claimed.seed, claimed.attempt, claimed.lease_token,
      studies.name, studies.module_url, studies.source_hash, studies.git_commit, studies.git_dirty
    from claimed join studies on studies.id = claimed.study_id`);
  const row = rows[0];
  if (row === undefined) return null;
  return {
    lease: {
      trial: leasedTrial(row.study_id, row.id),
      token: row.lease_token,
      attempt: row.attempt,
    },
    study: row.study_id,
    address: trialAddress(row.name, row.number),
    number: row.number,
    params: row.params,
    seed: Number(row.seed),
    module: {
      url: row.module_url,
      sourceHash: row.source_hash,
      gitCommit: row.git_commit,
      gitDirty: row.git_dirty,
    },
  };
}

interface ClaimRow extends Record<string, unknown> {
  readonly id: string;
  readonly study_id: StudyId;
  readonly number: number;
  readonly params: FlatParams;
  readonly seed: string;
  readonly attempt: number;
  readonly lease_token: string;
  readonly name: string;
  readonly module_url: string;
  readonly source_hash: string;
  readonly git_commit: string | null;
  readonly git_dirty: boolean;
}
