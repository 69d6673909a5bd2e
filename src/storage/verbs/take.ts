import { sql } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { Claimed, ClaimRequest, StudyId, Taken } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { isWaiting } from '../sql/advance-waiting.ts';
import { claimNext, type TakeRequest } from '../sql/claim-queued.ts';
import { beginsAttempt, type ClaimedRow, factsValue, takenColumns, tokenOf } from '../sql/claimed-columns.ts';
import { expiryAfter, leasedTrial } from '../sql/lease.ts';
import { moduleOf } from '../sql/module-of.ts';
import { prepared } from '../sql/prepared.ts';
import { hasBudget, mayAsk, type NumberValue, numberValues, takesNumber, trialSeed } from '../sql/queue-next.ts';
import { takeOnce } from '../sql/take-once.ts';
import { type Asking, type NothingToAsk, type Suggested, suggestNext } from './ask.ts';

/** What can be taken from some studies, a row for each priority. Seven times cheaper than a claim that finds nothing. */
const survey = prepared<Survey, 'studies'>(
  'take_survey',
  (value) => sql`
    select coalesce(array_agg(id order by id), '{}') as known, coalesce(array_agg(id order by id) filter (where ${mayAsk} or (standing = 'open' and frozen_by is null and waiting)), '{}') as askable,
      coalesce(array_agg(name order by id) filter (where standing = 'paused' and frozen_by is null and (queued or waiting or ${hasBudget})), '{}') as paused,
      coalesce(array_agg(name order by id) filter (where frozen_by is not null and (queued or standing <> 'stopped' and (waiting or ${hasBudget}))), '{}') as frozen,
      coalesce(bool_or(standing <> 'paused' and frozen_by is null and queued), false) as queued,
      coalesce(bool_or(queued or exists (select from trials where study_id = studies.id and state in ('queued', 'running'))), false) as open
    from studies, lateral (
      select exists (select from trials where study_id = studies.id and state = 'queued') as queued,
        exists (select from trials where study_id = studies.id and ${isWaiting}) as waiting
    ) as trials_of
    where id = any(${value('studies')}::int[])
    group by priority order by priority desc`,
);

/** Studies of one priority. */
interface Survey extends Record<string, unknown> {
  /** Studies that exist. */
  readonly known: readonly StudyId[];
  /** Studies that may be asked for a trial or have a paused trial that the pruner may advance. */
  readonly askable: readonly StudyId[];
  /** Names of paused studies that have something left to run. */
  readonly paused: readonly string[];
  /** Names of studies that a freeze holds and that have something left to run. */
  readonly frozen: readonly string[];
  readonly queued: boolean;
  readonly open: boolean;
}

/** State of a process between two calls of `take`. */
export interface Taking {
  /** Number of calls, by which studies are asked in turn. */
  turn: number;
  /** The study that the last new trial was taken from: it probably takes another and has an empty queue. */
  grew: StudyId | null;
}

/**
 * Takes a queued trial or, if none is queued, the next trial of a study that may ask for one, without queueing it. Studies of a lower
 * priority are read only if those above have none.
 * @throws AssayError `not_found` if none of the studies exists
 * @throws StudyFault if the sampler or pruner of a study throws
 */
export async function take(asking: Asking, request: ClaimRequest, taking: Taking): Promise<Taken> {
  const taken = await takeOnce(asking.db, request, (next) => takeNext(asking, next, taking));
  return 'lease' in taken ? { kind: 'taken', claimed: taken } : taken;
}

async function takeNext(asking: Asking, request: TakeRequest, taking: Taking): Promise<Taken> {
  const { studies } = request;
  const turn = taking.turn++;
  const [only] = studies;
  if (studies.length === 1 && only === taking.grew) {
    // Skips the survey: `suggestNext` returns `queued` if a trial waits in the queue.
    const asked = await suggestNext<Claimed | NothingToAsk | 'queued'>(asking, only, {
      write: async (tx, suggested) => (suggested.queued ? 'queued' : insertRunning(tx, suggested, request)),
      queued: (tx) => claimQueued(tx, only, request),
    });
    if (asked !== 'queued' && 'lease' in asked) return { kind: 'taken', claimed: asked };
  }
  taking.grew = null;
  const { rows } = await survey(asking.db, { studies });
  if (rows.length === 0 && studies.length > 0)
    throw new AssayError('not_found', `there is no study with the key ${studies.join(', ')}`, {
      hint: 'it may have been removed: assay study ls',
    });
  let open = false;
  const paused: string[] = [];
  const frozen: string[] = [];
  for (const { known, askable, queued, ...state } of rows) {
    const claimed = queued ? await claimNext(asking.db, { ...request, studies: known }) : null;
    if (claimed !== null) return { kind: 'taken', claimed };
    paused.push(...state.paused);
    frozen.push(...state.frozen);
    open ||= state.open;
    for (let i = 0; i < askable.length; i++) {
      const study = askable[(turn + i) % askable.length]!;
      const asked = await suggestNext<Claimed | NothingToAsk>(asking, study, {
        write: (tx, suggested) => insertRunning(tx, suggested, request),
        queued: (tx) => claimQueued(tx, study, request),
      });
      if ('lease' in asked) {
        taking.grew = study;
        return { kind: 'taken', claimed: asked };
      }
      // Since the survey.
      if (asked.kind === 'paused' || asked.kind === 'frozen') return takeNext(asking, request, taking);
      open ||= asked.open > 0;
    }
  }
  return { kind: 'none', open, paused, ...(frozen.length > 0 && { frozen }) };
}

/** Claims the trial that was just queued, or an older one that is in the queue by now. */
async function claimQueued(tx: Db, study: StudyId, request: TakeRequest): Promise<Claimed | NothingToAsk> {
  return (await claimNext(tx, { ...request, studies: [study] })) ?? { kind: 'exhausted', open: 1 };
}

const insertTaken = prepared<
  TakenRow,
  NumberValue | 'params' | 'seed' | 'worker' | 'leaseMs' | 'sourceHash' | 'packagesHash' | 'ranOn' | 'token'
>(
  'take',
  (value) => sql`
    with study as (${takesNumber(value, mayAsk)}),
    claimed as (
      insert into trials (study_id, number, params, seed, revision, state, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at)
      select id, ${value('number')}::int, ${value('params')}::json, ${value('seed')}::bigint, revision, 'running', 1, ${value('worker')}::text,
        clock_timestamp(), ${tokenOf(value('token'))}, ${value('leaseMs')}::int, ${expiryAfter(sql`${value('leaseMs')}::int`)}
      from study
      returning ${takenColumns}
    ), begun as (${beginsAttempt({ sourceHash: sql`${value('sourceHash')}::text`, packagesHash: sql`${value('packagesHash')}::text` }, sql`${value('ranOn')}`)})
    select id, lease_token from claimed`,
);

type TakenRow = Pick<ClaimedRow, 'id' | 'lease_token'>;

async function insertRunning(
  tx: Db,
  { study, params }: Suggested,
  { worker, leaseMs, ranOn, token }: TakeRequest,
): Promise<Claimed | null> {
  const seed = trialSeed(study);
  const { id: studyId, nextNumber: number, name, needs, sourceHash, packagesHash } = study;
  const { rows } = await insertTaken(tx, {
    ...numberValues(study),
    params: JSON.stringify(params),
    seed,
    worker,
    leaseMs,
    sourceHash,
    packagesHash,
    ranOn: factsValue(ranOn),
    token: token ?? null,
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    lease: { trial: leasedTrial(studyId, row.id), token: row.lease_token, attempt: 1 },
    study: studyId,
    address: trialAddress(name, number),
    number,
    params,
    seed,
    needs,
    module: moduleOf(study),
  };
}
