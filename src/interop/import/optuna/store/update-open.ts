import { isDeepStrictEqual } from 'node:util';
import { sql } from 'drizzle-orm';
import type { Goal } from '../../../../search/trial/history.ts';
import type { Db } from '../../../../storage/database.ts';
import { wireTrial } from '../../../optuna/encode-trial.ts';
import { declare } from '../../../optuna/store/declare.ts';
import { foreignLeaseIf } from '../../../optuna/store/held.ts';
import { began, endedColumns, endedValues, over, rowsOf } from '../../../optuna/store/insert-trials.ts';
import { readTrial } from '../../../optuna/store/read-trials.ts';
import { templateRows } from '../../../optuna/store/template.ts';
import type { WireTrial } from '../../../optuna/wire.ts';

/**
 * Brings a trial that is open here to where it is at its source; nothing that was there before is missing there.
 * @returns false if it is there already, or has ended here
 */
export async function updateOpen(db: Db, trial: number, template: WireTrial, worker: string): Promise<boolean> {
  const stored = await readTrial(db, String(trial));
  if (stored === null || isSame(wireTrial(stored, null), template)) return false;
  return db.transaction(async (tx) => {
    // The trial is locked before its study.
    const { rows: held } = await tx.execute<{ study_id: number }>(sql`
      select study_id from trials where id = ${trial} and state in ('queued', 'running') for no key update`);
    const study = held[0]?.study_id;
    if (study === undefined) return false;
    const { rows } = await tx.execute<{ objectives: readonly Goal[] | null }>(
      sql`select objectives from studies where id = ${study} for no key update`,
    );
    const given = templateRows(template, rows[0]?.objectives?.length ?? 1, worker);
    await declare(tx, study, given.declared);
    const all = [given];
    // What belongs to the trial may change as long as the trial is open: it ends in a statement behind.
    await tx.execute(sql`
      with begun as (
        insert into attempts (trial_id, attempt, token, worker, started_at, ended_at, ending)
        select ${trial}, 1, gen_random_uuid(), given.attempt_worker, ${began}, ${overOrNull},
          case when given.state not in ('queued', 'running') then given.state::attempt_ending end
        from ${rowsOf('trial', all)} where given.attempt_worker is not null
        on conflict (trial_id, attempt) do update set started_at = excluded.started_at, ended_at = excluded.ended_at, ending = excluded.ending
      ), curve as (
        insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
        select ${trial}, 1, step, value, '{}', '{}' from ${rowsOf('points', all)}
        on conflict (trial_id, attempt, step) do update set value = excluded.value, reported_at = excluded.reported_at
          where reports.value is distinct from excluded.value
      ), attributes as (
        insert into foreign_attributes (study_id, trial_id, space, key, value)
        select ${study}, ${trial}, space, key, value from ${rowsOf('attributes', all)}
        on conflict (trial_id, space, key) where trial_id is not null do update set value = excluded.value
      )
      insert into trial_distributions (trial_id, position, name, distribution, internal)
      select ${trial}, position, name, distribution, internal from ${rowsOf('distributions', all)}
      on conflict (trial_id, name) do update set distribution = excluded.distribution, internal = excluded.internal`);
    await tx.execute(sql`
      with study as (
        update studies set revision = revision + 1, updated_at = now() where id = ${study} returning revision
      )
      update trials set (state, params, revision, attempt, worker, started_at, lease_token, lease_ms, lease_expires_at, last_step, last_value,
          finished_at, ${endedColumns}) =
        (select given.state::trial_state, given.params::json, study.revision, case when given.state = 'queued' then 0 else 1 end,
          case when given.state <> 'queued' then coalesce(trials.worker, given.worker) end, case when given.state <> 'queued' then ${began} end,
          ${foreignLeaseIf(sql.raw(`given.state = 'running'`))}, given.last_step, given.last_value, ${overOrNull}, ${endedValues}
        from study, ${rowsOf('trial', all)})
      where id = ${trial}`);
    return true;
  });
}

const overOrNull = sql`case when given.state not in ('queued', 'running') then ${over} end`;

/** True if two say the same, whatever their ids and numbers. */
function isSame(one: WireTrial, other: WireTrial): boolean {
  const bare = (trial: WireTrial) => ({ ...trial, trial_id: '', number: '' });
  return isDeepStrictEqual(bare(one), bare(other));
}
