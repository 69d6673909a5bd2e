import { type SQL, sql } from 'drizzle-orm';
import type { FlatParams } from '../../../search/space/param.ts';
import type { TrialState } from '../../../search/trial/trial.ts';
import type { Db } from '../../../storage/database.ts';
import type { ForeignKind } from '../../../storage/schema/studies.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { waitingWorker } from './held.ts';

/** A trial with all that the wire says of it. Of Optuna's own trials `names`, `texts` and `internals`, of others `params` and `metric…`. */
export interface StoredTrial extends Record<string, unknown> {
  readonly id: number;
  readonly study_id: number;
  readonly number: number;
  readonly state: TrialState;
  readonly foreign_kind: ForeignKind | null;
  readonly code: string | null;
  readonly given: readonly number[] | null;
  readonly began: string | null;
  readonly ended: string | null;
  readonly names: readonly string[];
  readonly texts: readonly string[];
  readonly internals: readonly number[];
  readonly spaces: readonly string[];
  readonly keys: readonly string[];
  readonly contents: readonly string[];
  /** Decimal digits. */
  readonly steps: readonly string[];
  readonly points: readonly number[];
  readonly params: FlatParams | null;
  readonly metric_names: readonly string[] | null;
  readonly metric_values: readonly number[] | null;
  readonly constraints: readonly number[] | null;
}

const time = (at: SQL): SQL => sql`to_char(${at} at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`;

const columns = sql`trials.id, trials.study_id, trials.number, trials.state, trials.foreign_kind, trials.error ->> 'code' as code,
  case when trials.state = 'complete' then coalesce(objective_values, array[trials.value]) else objective_values end as given,
  ${time(sql`coalesce(trials.started_at, (select started_at from attempts
    where trial_id = trials.id and attempt = 1 and worker <> ${sql.raw(`'${waitingWorker}'`)} and trials.foreign_kind = 'optuna'))`)} as began,
  ${time(sql`trials.finished_at`)} as ended,
  array(select name from trial_distributions where trial_id = trials.id order by position) as names,
  array(select distribution from trial_distributions where trial_id = trials.id order by position) as texts,
  array(select internal from trial_distributions where trial_id = trials.id order by position) as internals,
  array(select space from foreign_attributes where trial_id = trials.id order by space, key) as spaces,
  array(select key from foreign_attributes where trial_id = trials.id order by space, key) as keys,
  array(select value from foreign_attributes where trial_id = trials.id order by space, key) as contents,
  array(select step::text from reports where trial_id = trials.id and reports.attempt = greatest(trials.attempt, 1) order by reports.step) as steps,
  array(select value from reports where trial_id = trials.id and reports.attempt = greatest(trials.attempt, 1) order by reports.step) as points,
  case when trials.foreign_kind is distinct from 'optuna' then params end as params,
  case when trials.foreign_kind is distinct from 'optuna' then metric_names end as metric_names,
  case when trials.foreign_kind is distinct from 'optuna' then metric_values end as metric_values,
  case when trials.foreign_kind is distinct from 'optuna' then constraints end as constraints`;

export interface ChangedTrial extends Omit<StoredTrial, 'id'> {
  /** Of the study. */
  readonly revision: number;
  /** Null in the only row of a study without news. */
  readonly id: number | null;
  /** Of the open trials that are what they were as long as they bear the same mark. */
  readonly marks: readonly string[];
  /** The trial's own (null: it may change without a new one). */
  readonly mark: string | null;
}

/** Every write to a trial of Optuna that runs moves its lease. The version of the row tells two writes of one microsecond apart. */
const isMarked = sql`trials.state = 'running' and trials.foreign_kind = 'optuna'`;
const markOf = sql`trials.id || '.' || trials.xmin::text || '.' || extract(epoch from trials.lease_expires_at)`;
const changedColumns = sql`${columns}, case when ${isMarked} then ${markOf} end as mark`;

/**
 * The open trials of a study but for those whose mark is known, and the trials that ended after a revision of it; empty if there is no such
 * study. Each row has the marks of all.
 */
export const readChanged = prepared<ChangedTrial, 'study' | 'seen' | 'known'>(
  'optuna_changed',
  (value) => sql`
    select studies.revision, array(select ${markOf} from trials where study_id = ${value('study')}::bigint and ${isMarked}) as marks, changed.*
    from studies left join lateral (
      select ${changedColumns} from trials
      where study_id = ${value('study')}::bigint and (state in ('queued', 'running') or paused_by is not null)
        and not (${isMarked} and ${markOf} = any(${value('known')}::text[]))
      union all
      select ${changedColumns} from trials
      where study_id = ${value('study')}::bigint and revision > ${value('seen')}::bigint and state not in ('queued', 'running') and paused_by is null
    ) as changed on true
    where studies.id = ${value('study')}::bigint`,
);

/** A page of a study's trials in the order of their numbers; with a revision, only those that had ended by then. */
export const readTrialPage = prepared<StoredTrial, 'study' | 'after' | 'limit' | 'revision'>(
  'optuna_page',
  (value) => sql`
    select ${columns} from trials
    where study_id = ${value('study')}::bigint and number > ${value('after')}::int and (${value('revision')}::bigint is null
      or (revision <= ${value('revision')}::bigint and state not in ('queued', 'running') and paused_by is null))
    order by number limit ${value('limit')}::int`,
);

const readOne = prepared<StoredTrial, 'trial'>(
  'optuna_one',
  (value) => sql`select ${columns} from trials where id = ${value('trial')}::bigint`,
);

/** @returns null if there is none */
export async function readTrial(db: Db, trial: string): Promise<StoredTrial | null> {
  return (await readOne(db, { trial })).rows[0] ?? null;
}

/** @returns null if there is none */
export async function trialIdOf(db: Db, study: string, number: string): Promise<number | null> {
  const { rows } = await db.execute<{ id: number }>(sql`
    select id from trials where study_id = ${study}::bigint and number = ${number}::bigint`);
  return rows[0]?.id ?? null;
}
