import { sql } from 'drizzle-orm';
import type { PeerCurve, Pruner } from '../../search/pruners/pruner.ts';
import type { AlgorithmRef, Lease, Report, Reported } from '../../search/study/storage.ts';
import type { Curve, Direction } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import type { FinishedCurves, ReadCurve } from '../history/curves.ts';
import { prepared } from '../prepared.ts';
import { trials } from '../schema/index.ts';
import { expiryAfter, type LeaseValue, leaseHeld, leaseValues, studyOf } from './lease.ts';

export interface Reporting {
  readonly db: Db;
  readonly curves: FinishedCurves;
  readonly prunerOf: (ref: AlgorithmRef) => Pruner;
}

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
      select id, number, state, revision, attempt from trials where study_id = ${value('study')}::int and state = 'running'
      union all
      select id, number, state, revision, attempt from trials
      where study_id = ${value('study')}::int and revision > ${value('seen')}::bigint and state in ('complete', 'pruned', 'failed')
    ), curves as (
      select peers.number, peers.state, peers.revision,
        array_agg(reports.step order by reports.step) as steps, array_agg(reports.value order by reports.step) as values
      from peers join reports on reports.trial_id = peers.id and reports.attempt = peers.attempt
      where exists (select from held)
      group by peers.number, peers.state, peers.revision
    )
    select held.number as self, held.cancel_requested_by, coalesce((studies.prune_on ->> 'direction')::direction, studies.direction) as direction, studies.pruner_id, studies.pruner_options, curves.*
    from held join studies on studies.id = held.study_id left join curves on true`,
);

/**
 * One statement: the fenced renewal, the report, and every curve that this process does not know yet (the running ones, and those
 * that finished since its last report). The pruner judges here, outside the database. The first report of a step stays.
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
  };
  const peers = known.filter(({ number }) => number !== first.self);
  const pruner = prunerOf({
    id: first.pruner_id,
    options: first.pruner_options,
  });
  return {
    lease: 'alive',
    verdict: pruner.judge(withReport(own, step, value), peers, first.direction),
    cancelled: false,
  };
}

/** The statement reads the curves as they were before it; its own report is put in here, unless the step was reported before. */
function withReport(curve: Curve, step: number, value: number): Curve {
  if (curve.steps.includes(step)) return curve;
  const after = curve.steps.findIndex((other) => other > step);
  const at = after === -1 ? curve.steps.length : after;
  return {
    number: curve.number,
    steps: curve.steps.toSpliced(at, 0, step),
    values: curve.values.toSpliced(at, 0, value),
  };
}

function curveOf({ number, state, revision, steps, values }: ReportRow): readonly ReadCurve[] {
  return number === null ? [] : [{ number, state, revision: Number(revision), steps, values }];
}

/** The columns of `curves` are all null where no trial has reported yet. */
interface ReportRow extends Record<string, unknown> {
  readonly self: number;
  readonly cancel_requested_by: string | null;
  readonly direction: Direction;
  readonly pruner_id: string;
  readonly pruner_options: AlgorithmRef['options'];
  readonly number: number | null;
  readonly state: PeerCurve['state'];
  readonly revision: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}
