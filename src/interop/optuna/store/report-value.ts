import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { notFlushed } from '../../../storage/sql/lease.ts';
import { prepared } from '../../../storage/sql/prepared.ts';
import { invalid } from '../fault.ts';
import { foreignExpiry, type HeldRow, heldColumns, heldTrial, requireOpen, waitingWorker } from './held.ts';

/** Newest steps beyond 2^53 are shown as that; the report has the whole one. */
const shownStep = sql.raw(String(Number.MAX_SAFE_INTEGER));

const write = prepared<HeldRow, 'trial' | 'step' | 'value'>(
  'optuna_report',
  (value) => sql`
    with ${heldTrial(value)}, begun as (
      insert into attempts (trial_id, attempt, token, worker, started_at)
      select id, 1, gen_random_uuid(), ${sql.raw(`'${waitingWorker}'`)}, clock_timestamp() from open where state = 'queued' on conflict do nothing
    ), reported as (
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
      select id, 1, ${value('step')}::bigint, ${value('value')}::float8, '{}', '{}' from open
      on conflict (trial_id, attempt, step) do update set value = excluded.value, reported_at = excluded.reported_at
    ), renewed as (
      update trials set lease_expires_at = ${foreignExpiry},
        last_step = greatest(trials.last_step, least(${value('step')}::bigint, ${shownStep})),
        last_value = case when trials.last_step > ${value('step')}::bigint then trials.last_value else ${value('value')}::float8 end
      from open where trials.id = open.id and open.state = 'running'
    )
    select ${heldColumns}, ${notFlushed} from held`,
);

/** Sets a value of a trial's curve; a second value of a step replaces the first. @param step decimal digits of an int64 */
export async function reportValue(db: Db, trial: string, step: string, value: number): Promise<void> {
  if (step.startsWith('-')) throw invalid(`step ${step} is below 0`);
  requireOpen((await write(db, { trial, step, value })).rows, trial);
}
