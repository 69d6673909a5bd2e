import { sql } from 'drizzle-orm';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../database.ts';
import { attemptEnding } from '../schema/attempts.ts';
import { doublesOf, wholeNumbersOf } from './trial-columns.ts';

/** Attempts of one worker, in columns. */
export interface WorkerAttempts {
  readonly worker: string;
  /** Numbers of the trials. */
  readonly numbers: Int32Array;
  readonly attempts: Int32Array;
  /** Milliseconds since 1970; an end of NaN: under way. */
  readonly started: Float64Array;
  readonly ended: Float64Array;
  /** Place in the list of endings, from 1; 0: under way. */
  readonly endings: Int32Array;
}

export interface AttemptsRead {
  readonly seen: number;
  readonly ended: readonly WorkerAttempts[];
  readonly open: readonly WorkerAttempts[];
}

export const endings = attemptEnding.enumValues;

const endingCode = sql`coalesce(array_position(array[${sql.join(
  endings.map((ending) => sql`${ending}`),
  sql`, `,
)}]::attempt_ending[], ending), 0)`;

/** Reads the attempts of the trials that ended after a revision, which never change, and those of all others. */
export async function readChartAttempts(db: Db, study: StudyId, since: number): Promise<AttemptsRead> {
  const columns = sql`trial_id, attempt, worker, started_at, ended_at, ending`;
  const { rows } = await db.execute<AttemptsRow>(sql`
    select worker, open, max(revision) as seen,
      string_agg(int4send(number), ''::bytea) as numbers, string_agg(int4send(attempt), ''::bytea) as attempts,
      string_agg(float8send(floor(extract(epoch from started_at) * 1000)::float8), ''::bytea) as started,
      string_agg(float8send(coalesce(floor(extract(epoch from ended_at) * 1000)::float8, 'NaN')), ''::bytea) as ended,
      string_agg(int4send(${endingCode}), ''::bytea) as endings
    from (
      select false as open, revision, number, id from trials
      where study_id = ${study} and revision > ${since}::bigint and state not in ('queued', 'running', 'paused')
      union all select true, revision, number, id from trials where study_id = ${study} and state in ('queued', 'running')
      union all select true, revision, number, id from trials where study_id = ${study} and paused_by is not null
    ) as trials join (select ${columns} from attempts) as attempts on trial_id = id
    group by worker, open order by worker`);
  const part = (open: boolean): readonly WorkerAttempts[] => rows.filter((row) => row.open === open).map(attemptsOf);
  const ended = rows.filter((row) => !row.open);
  return { seen: Math.max(since, ...ended.map(({ seen }) => Number(seen))), ended: part(false), open: part(true) };
}

interface AttemptsRow extends Record<string, unknown> {
  readonly worker: string;
  readonly open: boolean;
  readonly seen: string | number;
  readonly numbers: Buffer;
  readonly attempts: Buffer;
  readonly started: Buffer;
  readonly ended: Buffer;
  readonly endings: Buffer;
}

function attemptsOf({ worker, numbers, attempts, started, ended, endings: codes }: AttemptsRow): WorkerAttempts {
  return {
    worker,
    numbers: wholeNumbersOf(numbers),
    attempts: wholeNumbersOf(attempts),
    started: doublesOf(started),
    ended: doublesOf(ended),
    endings: wholeNumbersOf(codes),
  };
}
