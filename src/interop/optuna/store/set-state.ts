import { sql } from 'drizzle-orm';
import { type Db, inSession } from '../../../storage/database.ts';
import { nextRevision, notFlushed } from '../../../storage/sql/lease.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { Fault } from '../fault.ts';
import { foreignLease, type HeldRow, heldColumns, heldTrial, requireOpen } from './held.ts';
import { checkValues, columnsOf, type Ended, type EndedColumns, lastReportOf, type WireState } from './outcome.ts';

export interface StateChange {
  readonly state: WireState;
  /** Empty: none. */
  readonly values: readonly number[];
  /** Name of the client. */
  readonly worker: string;
}

/** Changes the state of a trial. @returns false if it was to run and did not wait: another client has it */
export async function setState(db: Db, trial: string, { state, values, worker }: StateChange): Promise<boolean> {
  checkValues(values);
  if (state === 'RUNNING') return claim(db, trial, values, worker);
  if (state === 'WAITING') return giveBack(db, trial);
  await finish(db, trial, { state, values, worker });
  return true;
}

const claimOne = prepared<HeldRow, 'trial' | 'values' | 'worker'>(
  'optuna_claim',
  (value) => sql`
    with ${heldTrial(value)}, waiting as (select * from open where state = 'queued'),
    study as (${nextRevision(sql`select study_id from waiting`, sql`0`, sql`studies.standing = 'open' and studies.frozen_by is null`)}),
    claimed as (
      update trials set state = 'running', attempt = 1, revision = study.revision, worker = ${value('worker')}::text, started_at = clock_timestamp(),
        objective_values = coalesce(${value('values')}::float8[], trials.objective_values), (lease_token, lease_ms, lease_expires_at) = (select ${foreignLease})
      from waiting, study where trials.id = waiting.id returning trials.id, trials.lease_token, trials.started_at
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at) select id, 1, lease_token, ${value('worker')}::text, started_at from claimed
      on conflict (trial_id, attempt) do update set started_at = excluded.started_at
    )
    select ${heldColumns}, exists (select from claimed) as claimed, ${notFlushed} from held`,
);

async function claim(db: Db, trial: string, values: readonly number[], worker: string): Promise<boolean> {
  const { rows } = await claimOne(db, { trial, values: values.length === 0 ? null : values, worker });
  return requireOpen(rows, trial)['claimed'] === true;
}

const giveBackOne = prepared<HeldRow, 'trial'>(
  'optuna_give_back',
  (value) => sql`
    with ${heldTrial(value)}, running as (select * from open where state = 'running'), study as (${nextRevision(sql`select study_id from running`)}),
    given as (
      update trials set state = 'queued', revision = study.revision, worker = null, started_at = null, last_step = null, last_value = null,
        lease_token = null, lease_ms = null, lease_expires_at = null, cancel_requested_by = null, pause_requested_by = null
      from running, study where trials.id = running.id
    )
    select ${heldColumns} from held`,
);

async function giveBack(db: Db, trial: string): Promise<true> {
  requireOpen((await giveBackOne(db, { trial })).rows, trial);
  return true;
}

/** Locks the trial and reads what its columns are made of. */
const readHeld = prepared<ReadRow, 'trial'>(
  'optuna_ending',
  (value) => sql`
    select study_id, state, foreign_kind, last_step,
      (select coalesce(json_array_length(objectives), 1) from studies where studies.id = study_id) as objectives,
      array(select key from foreign_attributes where trial_id = trials.id and space = 'user' order by key) as keys,
      array(select value from foreign_attributes where trial_id = trials.id and space = 'user' order by key) as texts,
      (select value from foreign_attributes where trial_id = trials.id and space = 'system' and key = 'constraints') as constraints
    from trials where id = ${value('trial')}::bigint for no key update`,
);

interface ReadRow extends HeldRow {
  readonly last_step: number | null;
  readonly objectives: number;
  readonly keys: readonly string[];
  readonly texts: readonly string[];
  readonly constraints: string | null;
}

const last = (value: (name: 'kind' | 'values') => unknown) =>
  lastReportOf({ step: sql`trials.last_step`, value: sql`trials.last_value`, state: value('kind'), values: value('values') });

const end = prepared<HeldRow, 'trial' | 'worker' | 'kind' | Exclude<keyof EndedColumns, 'state'>>(
  'optuna_finish',
  (value) => sql`
    with study as (${nextRevision(sql`select study_id from trials where id = ${value('trial')}::bigint`)}),
    ended as (
      update attempts set ended_at = clock_timestamp(), ending = ${value('kind')}::text::attempt_ending
      where trial_id = ${value('trial')}::bigint and attempt = 1 returning trial_id
    )
    update trials set state = ${value('kind')}::text::trial_state, finished_at = clock_timestamp(), revision = study.revision,
      attempt = greatest(trials.attempt, (select count(*) from ended)), worker = coalesce(trials.worker, ${value('worker')}::text),
      started_at = coalesce(trials.started_at, clock_timestamp()), last_step = ${last(value).step}, last_value = ${last(value).value},
      value = ${value('value')}::float8, objective_values = ${value('values')}::float8[], constraints = ${value('constraints')}::float8[],
      metric_names = ${value('metricNames')}::text[], metric_values = ${value('metricValues')}::float8[],
      at_step = ${value('atStep')}::bigint, reason = ${value('reason')}::text, error = ${value('error')}::text::json,
      lease_token = null, lease_ms = null, lease_expires_at = null, cancel_requested_by = null, pause_requested_by = null
    from study where trials.id = ${value('trial')}::bigint`,
);

/** Ends a trial, on disk before the answer; attributes that are numbers become its metrics, and its constraints are copied. */
async function finish(db: Db, trial: string, { state, values, worker }: StateChange): Promise<void> {
  const fault = await inSession(db, async ({ db: tx, send }) => {
    const [, { rows }] = await Promise.all([send('begin'), readHeld(tx, { trial })]);
    try {
      const row = requireOpen(rows, trial);
      const { keys, texts, constraints, last_step: lastStep, objectives } = row;
      const user = Object.fromEntries(keys.map((key, index) => [key, texts[index]!]));
      const system = constraints === null ? {} : { constraints };
      const { state: kind, ...columns } = columnsOf({ state: state as Ended['state'], values, user, system, lastStep, objectives });
      await Promise.all([end(tx, { trial, worker, kind, ...columns }), send('commit')]);
      return null;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await send('rollback');
      return error;
    }
  });
  if (fault !== null) throw fault;
}
