import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import pg from 'pg';
import type { Claimed, ClaimRequest, StudyId } from '../../search/study/storage.ts';
import { rootOf } from '../connection-loss.ts';
import type { Db } from '../database.ts';
import { beginsAttempt, type ClaimedRow, claimedColumns, claimedOf, factsValue, takenColumns, tokenOf } from '../sql/claimed-columns.ts';
import { expiryAfter, nextRevision, notFlushed } from '../sql/lease.ts';
import { prepared } from '../sql/prepared.ts';

const opened = {
  sourceHash: sql`(select source_hash from studies where studies.id = claimed.study_id)`,
  packagesHash: sql`(select packages_hash from studies where studies.id = claimed.study_id)`,
};

type ClaimValue = 'worker' | 'leaseMs' | 'ranOn' | 'token';

/** Takes a candidate: one statement. Not flushed to disk: see `suggestNext`. */
function claims(candidate: SQL, value: (name: ClaimValue) => Placeholder): SQL {
  return sql`
    with candidate as (${candidate}), study as (${nextRevision(sql`select study_id from candidate`)}),
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
 * `skip locked` lets any number of workers claim at once without waiting for each other's candidate;
 * the partial index `trials_queue` holds queued trials only, by priority and age, so finished ones cost nothing. A stopped study's trials that had begun
 * are still handed out; those of a paused one wait.
 */
const claimQueued = prepared<ClaimedRow, keyof TakeRequest>('claim', (value) =>
  claims(
    sql`select id, study_id from trials
      where study_id = any(${value('studies')}::int[]) and state = 'queued'
        and exists (select from studies where id = trials.study_id and standing <> 'paused')
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

/** Takes the queued trial of this number; null where it is not in the queue. */
export async function claimNumbered(
  db: Db,
  request: Pick<ClaimRequest, 'worker' | 'leaseMs'> & { readonly study: StudyId; readonly number: number },
): Promise<Claimed | null> {
  const { rows } = await claimOne(db, { ...request, ranOn: null, token: null });
  return rows[0] === undefined ? null : claimedOf(rows[0]);
}

export function claim(db: Db, request: ClaimRequest): Promise<Claimed | null> {
  return once(db, request, (next) => claimNext(db, next));
}

/** The same, once for each call; also within a transaction. */
export async function claimNext(db: Db, { studies, worker, leaseMs, ranOn, token }: TakeRequest): Promise<Claimed | null> {
  const { rows } = await claimQueued(db, { studies, worker, leaseMs, ranOn: factsValue(ranOn), token: token ?? null });
  return rows[0] === undefined ? null : claimedOf(rows[0]);
}

/** The trial of the attempt that this token began, and whether its lease lives. */
const findTaken = prepared<ClaimedRow & { readonly alive: boolean }, 'token'>(
  'taken',
  (value) => sql`
    select ${claimedColumns}, coalesce(claimed.lease_token = attempts.token and claimed.lease_expires_at > clock_timestamp(), false) as alive
    from attempts join trials claimed on claimed.id = attempts.trial_id join studies on studies.id = claimed.study_id
    where attempts.token = ${value('token')}::uuid`,
);

/** A request that takes a trial each time it is made. */
export type TakeRequest = Omit<ClaimRequest, 'repeated'>;

/** Takes one trial, however often the same request comes: what is repeated after a lost reply gets what was taken then. */
export async function once<Result>(
  db: Db,
  { repeated = false, ...request }: ClaimRequest,
  take: (request: TakeRequest) => Promise<Result>,
): Promise<Result | Claimed> {
  const { token, ...fresh } = request;
  if (token === undefined) return take(request);
  const takenBefore = async (): Promise<Claimed | 'dead' | null> => {
    const { rows } = await findTaken(db, { token });
    if (rows[0] === undefined) return null;
    return rows[0].alive ? claimedOf(rows[0]) : 'dead';
  };
  const before = repeated ? await takenBefore() : null;
  // A token that has begun an attempt is used up.
  if (before !== null) return before === 'dead' ? take(fresh) : before;
  try {
    return await take(request);
  } catch (error) {
    if (!isTaken(error)) throw error;
    // The first request came through while this one was on its way.
    const crossed = await takenBefore();
    return crossed === null || crossed === 'dead' ? take(fresh) : crossed;
  }
}

function isTaken(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof pg.DatabaseError && root.constraint === 'attempts_token_unique';
}
