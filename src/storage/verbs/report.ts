import { isDeepStrictEqual } from 'node:util';
import { sql } from 'drizzle-orm';
import type { Json } from '../../core/json.ts';
import type { AlgorithmRef } from '../../search/algorithm.ts';
import { decide } from '../../search/pruners/decide.ts';
import type { Pruner } from '../../search/pruners/pruner.ts';
import type { Lease, Report, Reported } from '../../search/study/storage.ts';
import type { Curve, Direction, Forecast } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import type { SettledCurves } from '../history/curves.ts';
import { type CurveRow, curveOf, peerCurves } from '../history/read-curves.ts';
import { attempts, trials } from '../schema/index.ts';
import { expiryAfter, isAttempt, type LeaseValue, leaseHeld, leaseValues, studyOf } from '../sql/lease.ts';
import { prepared } from '../sql/prepared.ts';

export interface Reporting {
  readonly db: Db;
  readonly curves: SettledCurves;
  readonly prunerOf: (ref: AlgorithmRef) => Pruner;
}

/** True unless the repeated trial failed or was cancelled: such a one has no result to be had again, and its repetition may be pruned. */
const repeatsResult = sql`not exists (
  select from trials as origin join studies as of_origin on of_origin.id = origin.study_id
  where of_origin.name = split_part(held.repeat_of, '#', 1) and origin.number = split_part(held.repeat_of, '#', 2)::int
    and origin.state in ('failed', 'cancelled'))`;

const addReport = prepared<ReportRow, LeaseValue | 'study' | 'seen' | 'step' | 'value' | 'names' | 'values'>(
  'report',
  (value) => sql`
    with held as (
      update trials set lease_expires_at = ${expiryAfter(sql`${trials.leaseMs}`)},
        last_step = greatest(${trials.lastStep}, ${value('step')}::int),
        last_value = case when ${trials.lastStep} >= ${value('step')}::int then ${trials.lastValue} else ${value('value')}::float8 end
      where ${leaseHeld(value)}
      returning id, study_id, number, attempt, cancel_requested_by, pause_requested_by, repeat_of
    ), added as (
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
      select id, attempt, ${value('step')}::int, ${value('value')}::float8, ${value('names')}::text[], ${value('values')}::float8[] from held
      on conflict do nothing
    ), ${peerCurves(value, sql`exists (select from held)`)}
    select held.number as self, held.cancel_requested_by, held.pause_requested_by, case when held.repeat_of is null then false else ${repeatsResult} end as repeats_result, coalesce((studies.prune_on ->> 'direction')::direction, studies.direction) as direction, studies.pruner_id, studies.pruner_options, curves.*
    from held join studies on studies.id = held.study_id left join curves on true`,
);

/**
 * Adds a report, renews the lease and reads every curve that this process does not know yet (running ones, and those that finished or were
 * paused since its last report), in one fenced statement. Then the pruner decides, outside the database; a new note of it, such as a rung
 * of halving, or its forecast of a trial that it stops, takes a second statement. The first report of a step stays.
 */
export async function report(
  { db, curves, prunerOf }: Reporting,
  lease: Lease,
  { step, value, metrics = {}, last }: Report,
): Promise<Reported> {
  const study = studyOf(lease);
  const { rows } = await addReport(db, {
    ...leaseValues(lease),
    study,
    seen: curves.seen(study),
    step,
    value,
    names: Object.keys(metrics),
    values: Object.values(metrics),
  });

  const first = rows[0];
  if (first === undefined) return { lease: 'lost' };
  if (first.cancel_requested_by !== null) return { lease: 'alive', decision: { prune: false }, cancelled: true, pausing: false };

  const read = rows.flatMap(curveOf);
  const known = curves.advance(study, read);
  // The curve as read: `known` still has the previous curve of an attempt that begins anew.
  const own = read.find(({ number, state }) => number === first.self && state === 'running')!;
  const peers = known.filter(({ number }) => number !== first.self);
  const pruner = prunerOf({
    id: first.pruner_id,
    options: first.pruner_options,
  });
  const decision = decide(pruner, withReport(own, step, value), peers, first.direction);
  if (decision.note !== undefined && !isDeepStrictEqual(decision.note, own.note)) await keepNote(db, lease, decision.note);
  const prunes = decision.prune && decision.pause !== true && !first.repeats_result && last !== true;
  if (prunes && decision.expected !== undefined) await keepForecast(db, lease, decision.expected);
  return {
    lease: 'alive',
    // A repetition ends where its origin ended: the pruner, which has seen more since, does not stop it.
    // A trial that was trained to its end has nothing left to save. Its note counts, so that peers see it at its rung.
    decision: first.repeats_result || last === true ? { prune: false } : decision,
    cancelled: false,
    pausing: first.pause_requested_by !== null,
  };
}

async function keepNote(db: Db, lease: Lease, note: Json): Promise<void> {
  await db.execute(sql`
    update attempts set note = ${JSON.stringify(note)}::jsonb where ${isAttempt(lease)} and ${attempts.endedAt} is null`);
}

async function keepForecast(db: Db, lease: Lease, { value, sd }: Forecast): Promise<void> {
  await db.execute(sql`
    update attempts set expected_value = ${value}::float8, expected_sd = ${sd}::float8 where ${isAttempt(lease)} and ${attempts.endedAt} is null`);
}

/** Adds the report to the curve, which was read as of before the statement, unless the step was reported before. */
function withReport(curve: Curve, step: number, value: number): Curve {
  if (curve.steps.includes(step)) return curve;
  const after = curve.steps.findIndex((other) => other > step);
  const at = after === -1 ? curve.steps.length : after;
  return {
    ...curve,
    steps: curve.steps.toSpliced(at, 0, step),
    values: curve.values.toSpliced(at, 0, value),
  };
}

interface ReportRow extends CurveRow {
  readonly self: number;
  readonly cancel_requested_by: string | null;
  readonly pause_requested_by: string | null;
  readonly repeats_result: boolean;
  readonly direction: Direction;
  readonly pruner_id: string;
  readonly pruner_options: AlgorithmRef['options'];
}
