import { sql } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { Claimed, ClaimRequest, StudyId, Taken } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { prepared } from '../prepared.ts';
import { type Asking, type Suggested, suggestNext } from './ask.ts';
import { claim } from './claim.ts';
import { beginsAttempt, type ClaimedRow, takenColumns } from './claimed.ts';
import { expiryAfter, leasedTrial } from './lease.ts';
import { mayAsk, type NumberValue, numberValues, takesNumber, trialSeed } from './queue-next.ts';

/** What there is to take of some studies: seven times cheaper than a claim that finds nothing. */
const survey = prepared<Survey, 'studies'>(
  'take_survey',
  (value) => sql`
    select coalesce(array_agg(id order by id), '{}') as known, coalesce(array_agg(id order by id) filter (where ${mayAsk}), '{}') as askable,
      coalesce(bool_or(standing = 'paused'), false) as paused, coalesce(bool_or(standing <> 'paused' and queued), false) as queued,
      coalesce(bool_or(queued or exists (select from trials where study_id = studies.id and state in ('queued', 'running'))), false) as open
    from studies, lateral (select exists (select from trials where study_id = studies.id and state = 'queued') as queued) as queue
    where id = any(${value('studies')}::int[])`,
);

interface Survey extends Record<string, unknown> {
  /** Those that exist. */
  readonly known: readonly StudyId[];
  /** Those that may be asked for another trial. */
  readonly askable: readonly StudyId[];
  readonly paused: boolean;
  readonly queued: boolean;
  readonly open: boolean;
}

/**
 * A queued trial; where none is queued, the next one of a study that has room for it, which never lies in the queue.
 * @param turn grows with every call, so that the studies are asked in turn
 * @throws AssayError `not_found` where none of the studies exists
 */
export async function take(asking: Asking, request: ClaimRequest, turn: number): Promise<Taken> {
  const { studies } = request;
  const { rows } = await survey(asking.db, { studies });
  const { known, askable, queued, ...state } = rows[0]!;
  if (known.length === 0 && studies.length > 0)
    throw new AssayError('not_found', `there is no study with the key ${studies.join(', ')}`, {
      hint: 'it may have been removed: assay study ls',
    });
  const claimed = queued ? await claim(asking.db, request) : null;
  if (claimed !== null) return { kind: 'taken', claimed };
  let { paused, open } = state;
  for (let i = 0; i < askable.length; i++) {
    const asked = await suggestNext(asking, askable[(turn + i) % askable.length]!, (tx, suggested) =>
      insertRunning(tx, suggested, request),
    );
    if ('lease' in asked) return { kind: 'taken', claimed: asked };
    paused ||= asked.kind === 'paused';
    open ||= asked.kind === 'exhausted' && asked.open > 0;
  }
  return { kind: 'none', open, paused };
}

const insertTaken = prepared<TakenRow, NumberValue | 'params' | 'seed' | 'worker' | 'leaseMs' | 'sourceHash'>(
  'take',
  (value) => sql`
    with study as (${takesNumber(value, mayAsk)}),
    claimed as (
      insert into trials (study_id, number, params, seed, revision, state, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at)
      select id, ${value('number')}::int, ${value('params')}::json, ${value('seed')}::bigint, revision, 'running', 1, ${value('worker')}::text,
        clock_timestamp(), gen_random_uuid(), ${value('leaseMs')}::int, ${expiryAfter(sql`${value('leaseMs')}::int`)}
      from study
      returning ${takenColumns}
    ), begun as (${beginsAttempt(sql`${value('sourceHash')}::text`)})
    select id, lease_token from claimed`,
);

type TakenRow = Pick<ClaimedRow, 'id' | 'lease_token'>;

async function insertRunning(tx: Db, { study, params }: Suggested, { worker, leaseMs }: ClaimRequest): Promise<Claimed | null> {
  const seed = trialSeed(study);
  const { id: studyId, nextNumber: number, name, moduleUrl: url, sourceHash, gitCommit, gitDirty } = study;
  const { rows } = await insertTaken(tx, { ...numberValues(study), params: JSON.stringify(params), seed, worker, leaseMs, sourceHash });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    lease: { trial: leasedTrial(studyId, row.id), token: row.lease_token, attempt: 1 },
    study: studyId,
    address: trialAddress(name, number),
    number,
    params,
    seed,
    module: { url, sourceHash, gitCommit, gitDirty },
  };
}
