import { type Placeholder, type SQL, sql } from 'drizzle-orm';
import type { Json } from '../../core/json.ts';
import { prepared } from '../sql/prepared.ts';
import type { ReadCurve } from './curves.ts';

/** Final value of a peer's reported metric: its objective value, or that metric. */
const prunedOnValue = sql`case when studies.prune_on is null then peers.value else coalesce(
  peers.objective_values[array_position(array(select goal ->> 'name' from json_array_elements(studies.objectives) as goal), studies.prune_on ->> 'metric')],
  peers.metric_values[array_position(peers.metric_names, studies.prune_on ->> 'metric')]) end`;

const peerColumns = sql.raw(
  'id, study_id, number, state, revision, attempt, value, objective_values, metric_names, metric_values, constraints, feasible',
);

/**
 * Common table expressions that give `curves`: those of all running trials and of trials that ended or were paused after revision `seen`.
 */
export function peerCurves(value: (name: 'study' | 'seen') => Placeholder, condition: SQL): SQL {
  return sql`peers as (
      -- Two branches and no "or": each has an index of its own, and none reads the finished trials that are known already.
      select ${peerColumns} from trials where study_id = ${value('study')}::int and state = 'running'
      union all
      select ${peerColumns} from trials
      where study_id = ${value('study')}::int and revision > ${value('seen')}::bigint and state not in ('queued', 'running')
    ), curves as (
      select peers.number, peers.state, peers.revision, ${prunedOnValue} as result, case when peers.constraints is not null then peers.feasible end as feasible, attempts.note, attempts.inherited_step,
        array_agg(reports.step::float8 order by reports.step) filter (where reports.trial_id is not null) as steps,
        array_agg(reports.value order by reports.step) filter (where reports.trial_id is not null) as values
      from peers join studies on studies.id = peers.study_id
        left join attempts on attempts.trial_id = peers.id and attempts.attempt = peers.attempt
        left join reports on reports.trial_id = peers.id and reports.attempt = peers.attempt
      where ${condition}
      group by peers.number, peers.state, peers.revision, result, peers.constraints, peers.feasible, attempts.note, attempts.inherited_step
    )`;
}

/** All null if there is no peer; `steps` and `values` are null if it has not reported. */
export interface CurveRow extends Record<string, unknown> {
  readonly number: number | null;
  readonly state: ReadCurve['state'];
  readonly revision: string;
  readonly steps: readonly number[] | null;
  readonly values: readonly number[] | null;
  /** Of complete trials (null: not complete). */
  readonly result: number | null;
  /** Of complete trials with constraints (null: others). */
  readonly feasible: boolean | null;
  readonly note: Json;
  readonly inherited_step: number | null;
}

export function curveOf({
  number,
  state,
  revision,
  steps,
  values,
  result,
  feasible,
  note,
  inherited_step,
}: CurveRow): readonly ReadCurve[] {
  if (number === null) return [];
  const curve = { number, state, revision: Number(revision), steps: steps ?? [], values: values ?? [], note };
  return [
    {
      ...curve,
      ...(result !== null && { value: result }),
      ...(feasible !== null && { feasible }),
      ...(inherited_step !== null && { inherited: inherited_step }),
    },
  ];
}

/** Reads the curves outside of a report. */
export const readCurves = prepared<CurveRow, 'study' | 'seen'>(
  'curves',
  (value) =>
    sql`with ${peerCurves(value, sql`true`)} select number, state, revision, result, feasible, note, inherited_step, steps, values from curves`,
);
