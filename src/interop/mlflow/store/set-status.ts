import { eq, sql } from 'drizzle-orm';
import { compileSpace } from '../../../search/space/compile.ts';
import type { Db } from '../../../storage/database.ts';
import { studies } from '../../../storage/schema/index.ts';
import { nextRevision } from '../../../storage/sql/lease.ts';
import { widenedSpace } from '../mirrored.ts';
import { lease, timeOf } from './runs.ts';

/** Statuses of a run, with the state that its trial has then. */
export const statuses = { RUNNING: 'running', SCHEDULED: 'queued', FINISHED: 'complete', FAILED: 'failed', KILLED: 'cancelled' } as const;

export type RunStatus = keyof typeof statuses;

/** Tag that names the metric which is the value of a run. */
const objectiveTag = 'assay.objective';

/**
 * Changes the status of a run whose trial is locked. What has ended may go on: that is a new attempt. The metrics of a finished run become those of
 * its trial, and the one that the tag `assay.objective` names its value.
 * @param endMs when it ended, by its client
 */
export async function setStatus(tx: Db, trial: number, status: RunStatus, endMs: number | undefined): Promise<void> {
  const state = statuses[status];
  await tx.execute(sql`
    with held as (
      select trials.id, trials.study_id, trials.state, trials.attempt, coalesce(trials.worker, 'mlflow:client') as worker, trials.started_at,
        gen_random_uuid() as token, trials.state::text <> ${state} as changes
      from trials where id = ${trial}
    ), study as (${nextRevision(
      sql`select study_id from held where changes or ${state} = 'complete'`,
      sql`(select (${state} = 'cancelled' and state in ('queued', 'running'))::int from held)`,
    )}), tracked as (
      update tracked_runs set end_ms = coalesce(${endMs ?? null}::bigint, end_ms) where trial_id = ${trial}
    ), ended as (
      update attempts set ended_at = clock_timestamp(), ending = (case ${state} when 'queued' then 'released' else ${state} end)::attempt_ending
      from held where attempts.trial_id = held.id and attempts.attempt = held.attempt and attempts.ended_at is null and ${state} <> 'running'
    ), begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at)
      select id, attempt + 1, token, worker, clock_timestamp() from held where changes and ${state} = 'running'
    ), metrics as (
      select coalesce(array_agg(key order by key), '{}') as names, coalesce(array_agg(value order by key), '{}') as figures from metric_latest where trial_id = ${trial}
    ), objective as (
      select nullif(value, 'NaN') as value from metric_latest where trial_id = ${trial} and ${state} = 'complete'
        and key = (select value from foreign_attributes where trial_id = ${trial} and space = 'tag' and key = '${sql.raw(objectiveTag)}')
    )
    update trials set state = ${state}::trial_state, revision = study.revision,
      attempt = held.attempt + (${state} = 'running' and changes)::int,
      worker = case when ${state} <> 'queued' then held.worker end,
      started_at = case when ${state} <> 'queued' then coalesce(held.started_at, clock_timestamp()) end,
      finished_at = case when ${state} in ('complete', 'failed', 'cancelled') then ${endMs === undefined ? sql`clock_timestamp()` : timeOf(endMs)} end,
      (lease_token, lease_ms, lease_expires_at) = (select token, ms, expiry from (select ${lease}) as fresh (token, ms, expiry) where ${state} = 'running'),
      cancel_requested_by = null, pause_requested_by = null,
      last_step = case when ${state} <> 'queued' then trials.last_step end, last_value = case when ${state} <> 'queued' then trials.last_value end,
      value = case when ${state} = 'complete' then (select value from objective) end,
      metric_names = case when ${state} = 'complete' then metrics.names end, metric_values = case when ${state} = 'complete' then metrics.figures end,
      error = case when ${state} = 'failed' then '{"code":"foreign","message":"the client set it failed"}'::json end,
      cancelled_by = case when ${state} = 'cancelled' then held.worker end
    from held, study, metrics where trials.id = held.id`);
  if (state !== 'running' && state !== 'queued') await widenSpace(tx, trial);
}

/** The study's space is what its ended runs had as parameters. The trial is locked by the caller, the study here. */
async function widenSpace(tx: Db, trial: number): Promise<void> {
  const { rows } = await tx.execute<{ study_id: number; params: Record<string, number | boolean>; space: Record<string, never> }>(sql`
    select study_id, params, space from trials join studies on studies.id = study_id where trials.id = ${trial} for no key update of studies`);
  const { study_id: study, params, space } = rows[0]!;
  const wide = widenedSpace(space, params);
  if (wide === null) return;
  const { json, hash } = compileSpace(wide as never);
  await tx.update(studies).set({ space: json, spaceHash: hash }).where(eq(studies.id, study));
}
