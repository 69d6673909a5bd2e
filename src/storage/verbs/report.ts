import { isDeepStrictEqual } from 'node:util';
import { sql } from 'drizzle-orm';
import type { Json } from '../../core/json.ts';
import type { PeerCurve, Pruner } from '../../search/pruners/pruner.ts';
import type { AlgorithmRef, Lease, Report, Reported } from '../../search/study/storage.ts';
import type { Curve, Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import type { FinishedCurves, ReadCurve } from '../history/curves.ts';
import { prepared } from '../prepared.ts';
import { attempts, trials } from '../schema/index.ts';
import { expiryAfter, isAttempt, type LeaseValue, leaseHeld, leaseValues, studyOf } from './lease.ts';

export interface Reporting {
  readonly db: Db;
  readonly curves: FinishedCurves;
  readonly prunerOf: (ref: AlgorithmRef) => Pruner;
}

/** What a peer ended with of the figure that is reported: its objective's value, or that metric's. */
const judgedValue = sql`case when studies.prune_on is null then peers.value else coalesce(
  peers.objective_values[array_position(array(select goal ->> 'name' from json_array_elements(studies.objectives) as goal), studies.prune_on ->> 'metric')],
  peers.metric_values[array_position(peers.metric_names, studies.prune_on ->> 'metric')]) end`;

const peerColumns = sql.raw('id, study_id, number, state, revision, attempt, value, objective_values, metric_names, metric_values');

const addReport = prepared<ReportRow, LeaseValue | 'study' | 'seen' | 'step' | 'value' | 'names' | 'values'>(
  'report',
  (value) => sql`
    with held as (
      update trials set lease_expires_at = ${expiryAfter(sql`${trials.leaseMs}`)},
        last_step = greatest(${trials.lastStep}, ${value('step')}::int),
        last_value = case when ${trials.lastStep} >= ${value('step')}::int then ${trials.lastValue} else ${value('value')}::float8 end
      where ${leaseHeld(value)}
      returning id, study_id, number, attempt, cancel_requested_by
    ), added as (
      insert into reports (trial_id, attempt, step, value, metric_names, metric_values)
      select id, attempt, ${value('step')}::int, ${value('value')}::float8, ${value('names')}::text[], ${value('values')}::float8[] from held
      on conflict do nothing
    ), peers as (
      -- Two branches and no "or": each has an index of its own, and none reads the finished trials that are known already.
      select ${peerColumns} from trials where study_id = ${value('study')}::int and state = 'running'
      union all
      select ${peerColumns} from trials
      where study_id = ${value('study')}::int and revision > ${value('seen')}::bigint and state in ('complete', 'pruned', 'failed')
    ), curves as (
      select peers.number, peers.state, peers.revision, ${judgedValue} as result, attempts.note,
        array_agg(reports.step order by reports.step) filter (where reports.trial_id is not null) as steps,
        array_agg(reports.value order by reports.step) filter (where reports.trial_id is not null) as values
      from peers join studies on studies.id = peers.study_id
        left join attempts on attempts.trial_id = peers.id and attempts.attempt = peers.attempt
        left join reports on reports.trial_id = peers.id and reports.attempt = peers.attempt
      where exists (select from held)
      group by peers.number, peers.state, peers.revision, result, attempts.note
    )
    select held.number as self, held.cancel_requested_by, coalesce((studies.prune_on ->> 'direction')::direction, studies.direction) as direction, studies.pruner_id, studies.pruner_options, curves.*
    from held join studies on studies.id = held.study_id left join curves on true`,
);

/**
 * One statement: the fenced renewal, the report, and every curve that this process does not know yet (the running ones, and those
 * that finished since its last report). The pruner judges here, outside the database; where it notes something new of the curve, as
 * halving does at a rung, a second statement keeps that. The first report of a step stays.
 */
export async function report({ db, curves, prunerOf }: Reporting, lease: Lease, { step, value, metrics = {} }: Report): Promise<Reported> {
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
  if (first.cancel_requested_by !== null) return { lease: 'alive', verdict: { prune: false }, cancelled: true };

  const known = curves.advance(study, rows.flatMap(curveOf));
  const own = known.find(({ number }) => number === first.self) ?? {
    number: first.self,
    steps: [],
    values: [],
    note: null,
  };
  const peers = known.filter(({ number }) => number !== first.self);
  const pruner = prunerOf({
    id: first.pruner_id,
    options: first.pruner_options,
  });
  const verdict = pruner.judge(withReport(own, step, value), peers, first.direction);
  if (verdict.note !== undefined && !isDeepStrictEqual(verdict.note, own.note)) await keepNote(db, lease, verdict.note);
  return { lease: 'alive', verdict, cancelled: false };
}

async function keepNote(db: Db, lease: Lease, note: Json): Promise<void> {
  await db.execute(sql`
    update attempts set note = ${JSON.stringify(note)}::jsonb where ${isAttempt(lease)} and ${attempts.endedAt} is null`);
}

/** The statement reads the curves as they were before it; its own report is put in here, unless the step was reported before. */
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

function curveOf({ number, state, revision, steps, values, result, note }: ReportRow): readonly ReadCurve[] {
  if (number === null) return [];
  const curve = { number, state, revision: Number(revision), steps: steps ?? [], values: values ?? [], note };
  return [result === null ? curve : { ...curve, value: result }];
}

/** The columns of `curves` are all null where there is no trial to compare with; steps and values where one has not reported. */
interface ReportRow extends Record<string, unknown> {
  readonly self: number;
  readonly cancel_requested_by: string | null;
  readonly direction: Direction;
  readonly pruner_id: string;
  readonly pruner_options: AlgorithmRef['options'];
  readonly number: number | null;
  readonly state: PeerCurve['state'];
  readonly revision: string;
  readonly steps: readonly number[] | null;
  readonly values: readonly number[] | null;
  /** Of a complete trial. */
  readonly result: number | null;
  readonly note: Json;
}
