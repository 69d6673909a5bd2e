import { sql } from 'drizzle-orm';
import pg from 'pg';
import type { Claimed, ClaimRequest } from '../../search/study/storage.ts';
import { rootOf } from '../connection-loss.ts';
import type { Db } from '../database.ts';
import type { TakeRequest } from './claim-queued.ts';
import { type ClaimedRow, claimedColumns, claimedOf } from './claimed-columns.ts';
import { prepared } from './prepared.ts';

/** Reads the trial of the attempt that began under this token, and whether its lease is alive. */
const findTaken = prepared<ClaimedRow & { readonly alive: boolean }, 'token'>(
  'taken',
  (value) => sql`
    select ${claimedColumns}, coalesce(claimed.lease_token = attempts.token and claimed.lease_expires_at > clock_timestamp(), false) as alive
    from attempts join trials claimed on claimed.id = attempts.trial_id join studies on studies.id = claimed.study_id
    where attempts.token = ${value('token')}::uuid`,
);

/**
 * Takes one trial however often the request is sent: a repetition after a lost reply returns the trial taken then, unless its lease has
 * expired.
 */
export async function takeOnce<Result>(
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
  // A token can begin one attempt only.
  if (before !== null) return before === 'dead' ? take(fresh) : before;
  try {
    return await take(request);
  } catch (error) {
    if (!isTaken(error)) throw error;
    // The first request was executed meanwhile.
    const crossed = await takenBefore();
    return crossed === null || crossed === 'dead' ? take(fresh) : crossed;
  }
}

function isTaken(error: unknown): boolean {
  const root = rootOf(error);
  return root instanceof pg.DatabaseError && root.constraint === 'attempts_token_unique';
}
