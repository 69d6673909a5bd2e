import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Needs } from '../../search/study/needs.ts';
import type { Claimed, RuntimeInfo, StudyId } from '../../search/study/storage.ts';
import { leasedTrial } from './lease.ts';
import { type ModuleColumns, moduleOf } from './module-of.ts';

/** Columns that a statement returns of a trial it takes, as `claimed`, for the functions below. */
export const takenColumns = sql`trials.id, trials.study_id, trials.number, trials.params, trials.seed, trials.attempt, trials.lease_token,
  trials.worker, trials.started_at`;

/** Inserts the attempt's row. @param code hashes of the study's source and packages; may refer to `claimed` */
export function beginsAttempt(code: { readonly sourceHash: SQL; readonly packagesHash: SQL }, ranOn: SQL): SQL {
  return sql`
    insert into attempts (trial_id, attempt, token, worker, started_at, source_hash, packages_hash, ran_on)
    select id, attempt, lease_token, worker, started_at, ${code.sourceHash}, ${code.packagesHash}, ${ranOn}::jsonb from claimed`;
}

/** Token of the lease: the given one, or a new one. */
export function tokenOf(token: Placeholder): SQL {
  return sql`coalesce(${token}::uuid, gen_random_uuid())`;
}

/** Runtime information as the value of a statement. */
export function factsValue(facts: RuntimeInfo | undefined): string | null {
  return facts === undefined ? null : JSON.stringify(facts);
}

/** Columns of `claimed` and its study in `studies`. */
export const claimedColumns = sql`claimed.id, claimed.study_id, claimed.number, claimed.params, claimed.seed, claimed.attempt, claimed.lease_token,
  studies.name, studies.needs, studies.module_url as "moduleUrl", studies.source_hash as "sourceHash", studies.packages_hash as "packagesHash",
  studies.git_commit as "gitCommit", studies.git_dirty as "gitDirty"`;

export interface ClaimedRow extends Record<string, unknown>, ModuleColumns {
  readonly id: string;
  readonly study_id: StudyId;
  readonly number: number;
  readonly params: FlatParams;
  readonly seed: string;
  readonly attempt: number;
  readonly lease_token: string;
  readonly name: string;
  readonly needs: Needs | null;
}

export function claimedOf(row: ClaimedRow): Claimed {
  return {
    lease: { trial: leasedTrial(row.study_id, row.id), token: row.lease_token, attempt: row.attempt },
    study: row.study_id,
    address: trialAddress(row.name, row.number),
    number: row.number,
    params: row.params,
    seed: Number(row.seed),
    needs: row.needs,
    module: moduleOf(row),
  };
}
