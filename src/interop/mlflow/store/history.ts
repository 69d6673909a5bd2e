import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { tokenOf } from '../fields.ts';
import { noRun } from './held-run.ts';
import { isRun } from './runs.ts';
import { pointJson, runRows } from './sources.ts';

/** Points of a metric in their order of step, time and value, as MLflow's JSON. A trial of our own has its reports as `objective`. */
export async function historyText(
  db: Db,
  run: string,
  key: string,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<string> {
  const { rows } = await db.execute<{ trial_id: number; tracked: boolean | null }>(
    sql`select trial_id, tracked from ${runRows} as run where ${isRun(run)}`,
  );
  const found = rows[0];
  if (found === undefined) throw noRun(run);
  const points =
    found.tracked === true
      ? sql`select key, step, at, value from metric_points where trial_id = ${found.trial_id} and key = ${key}`
      : sql`select 'objective' as key, reports.step, reports.reported_at as at, reports.value from reports join trials on trials.id = trial_id and trials.attempt = reports.attempt
          where trial_id = ${found.trial_id} and ${key} = 'objective'`;
  const page = await db.execute<{ text: string | null; n: string }>(sql`
    select json_agg(${pointJson})::text as text, count(*) as n from (
      select * from (${points}) as points order by step, at, value limit ${limit} offset ${offset}) as page`);
  const { text, n } = page.rows[0]!;
  // A full page may be the last one; the next is empty then.
  const next = Number(n) === limit ? `,"next_page_token":"${tokenOf(offset + limit)}"` : '';
  return `{"metrics":${text ?? '[]'}${next}}`;
}
