import { sql } from 'drizzle-orm';
import type { Fork, Population } from '../../search/samplers/sampler.ts';
import type { FlatParams } from '../../search/space/param.ts';
import type { Db } from '../database.ts';
import type { SettledCurves } from '../history/curves.ts';
import { curveOf, readCurves } from '../history/read-curves.ts';
import type { StudyRow } from '../schema/rows.ts';
import { mayAsk, numberValues, takesNumber, trialSeed } from './queue-next.ts';

/** Reads what population-based samplers need: the curves of running trials and the checkpoints that a fork can begin with. */
export async function readPopulation(tx: Db, study: StudyRow, curves: SettledCurves): Promise<Population> {
  // Checkpoints before curves: a trial that still runs when the curves are read has kept the checkpoint read here.
  const { rows } = await tx.execute<{ number: number; step: number; params: FlatParams }>(sql`
    select number, step, params from checkpoints join trials on trials.id = trial_id where study_id = ${study.id}`);
  const read = await readCurves(tx, { study: study.id, seen: curves.seen(study.id) });
  const known = curves.advance(study.id, read.rows.flatMap(curveOf));
  return {
    direction: study.pruneOn?.direction ?? study.direction,
    curves: known.filter(({ state }) => state === 'running'),
    checkpoints: new Map(rows.map(({ number, step, params }) => [number, { step, params }])),
    next: study.nextNumber,
  };
}

/**
 * Queues a trial that begins with another trial's checkpoint, under the study's next number (null: study or checkpoint has changed since
 * they were read, and nothing is written). Its first attempt holds what it inherits: the reports up to the checkpoint, the data read for
 * it, and the same bytes. The worker that claims it makes the second attempt, which goes on as after an interruption.
 */
export async function queueFork(tx: Db, study: StudyRow, { params, from, step }: Fork): Promise<number | null> {
  const values = numberValues(study);
  // Locked for share: the other trial can neither replace nor delete the checkpoint before these rows refer to it.
  const { rowCount } = await tx.execute(sql`
    with origin as materialized (
      select checkpoints.trial_id, checkpoints.attempt, checkpoints.step, checkpoints.hash from checkpoints join trials on trials.id = checkpoints.trial_id
      where trials.study_id = ${study.id} and trials.number = ${from} and checkpoints.step = ${step} for share of checkpoints
    ), study as (${takesNumber((name) => values[name], sql`${mayAsk} and exists (select from origin)`)}),
    forked as (
      insert into trials (study_id, number, params, seed, revision, attempt, forked_from, forked_step)
      select study.id, ${study.nextNumber}::int, ${JSON.stringify(params)}::json, ${trialSeed(study)}::bigint, study.revision, 1, ${from}::int, ${step}::int
      from study returning trials.id
    ), born as (
      insert into attempts (trial_id, attempt, token, worker, source_hash, packages_hash, ran_on, started_at, ended_at, ending, note, inherited_step)
      select forked.id, 1, gen_random_uuid(), before.worker, before.source_hash, before.packages_hash, before.ran_on, now(), now(), 'forked', before.note, ${step}::int
      from forked, origin join attempts before on before.trial_id = origin.trial_id and before.attempt = origin.attempt
    ), copied as (
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values, reported_at)
      select forked.id, 1, reports.step, reports.value, metric_names, metric_values, reported_at
      from forked, origin join reports on reports.trial_id = origin.trial_id and reports.attempt = origin.attempt and reports.step <= origin.step
    ), searched as (
      insert into attempt_data (trial_id, attempt, name, hash, searched_until, withheld_from)
      select forked.id, 1, name, attempt_data.hash, searched_until, withheld_from
      from forked, origin join attempt_data on attempt_data.trial_id = origin.trial_id and attempt_data.attempt = origin.attempt
    )
    insert into checkpoints (trial_id, attempt, step, hash) select forked.id, 1, origin.step, origin.hash from forked, origin`);
  return rowCount === 1 ? study.nextNumber : null;
}
