import { type SQL, sql } from 'drizzle-orm';
import { trialAddress } from '../../core/address.ts';
import { unlimitedTrials } from '../../search/study/describe-budget.ts';
import type { Budget, TrialCounts } from '../../search/study/storage.ts';
import type { Direction, Goal } from '../../search/trial/history.ts';
import type { Db } from '../database.ts';
import type { StudyRow } from '../schema/rows.ts';
import { finite, type NonFiniteFlag, nonFiniteFlag } from './finite.ts';

/**
 * `running`: at least one trial runs. `complete`: the budget is used up and every trial has ended. `frozen`: the freeze of its group holds
 * it; `paused`, `stopped`: the desired state; each even while trials run. `idle`: otherwise.
 */
export const studyStates = ['idle', 'running', 'complete', 'frozen', 'paused', 'stopped'] as const;
export type StudyState = (typeof studyStates)[number];

export interface StudyItem extends NonFiniteFlag {
  readonly name: string;
  readonly state: StudyState;
  /** What people asked for; a finished study can be paused, too. */
  readonly desiredState: StudyRow['desiredState'];
  /** Studies that are frozen together (null: none). */
  readonly group: string | null;
  /** The freeze of the group that stands (null: none). */
  readonly freeze: StudyFreeze | null;
  /** Of the first objective. */
  readonly direction: Direction;
  /** Null: one objective. */
  readonly objectives: readonly Goal[] | null;
  /** Best value of a complete feasible trial, in the first objective; of a study that tries configurations again, best mean of a configuration. */
  readonly best: number | null;
  readonly bestAddress: string | null;
  readonly counts: TrialCounts;
  readonly budget: Budget;
  /** Why no more trials are asked for, unless it is the number of trials or the desired state. */
  readonly endedBecause: string | null;
  /** Of trials that end, over the last ten minutes (null: none ended, or none runs: a study at rest has no rate). */
  readonly trialsPerHour: number | null;
  /** Milliseconds until the budget of trials is used up at that rate (null: nothing runs or there is no rate). */
  readonly etaMs: number | null;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The freeze of a study's group. */
export interface StudyFreeze {
  /** True: the study takes no trials. False: it is the one that works to pass the gates. */
  readonly holds: boolean;
  /** The study that works. */
  readonly study: string;
  /** The gate policy that a trial of it has to pass. */
  readonly policy: string;
  readonly since: string;
  readonly by: string;
}

export interface StudySummary {
  readonly id: number;
  /** What it is sorted by, as PostgreSQL prints it. */
  readonly sortKey: string;
  readonly item: StudyItem;
}

/** Number of failed trials that count in the budget. */
const countedFailed = sql`case when studies.budget_rules ->> 'countFailed' = 'false' then 0 else counted.failed end`;

const recent = sql`interval '10 minutes'`;

/**
 * Costs the same for a study of any size: open, paused and recent trials and the first one are found by indexes, the other numbers are
 * counters of the study. The best trial is the first entry of `trials_best`, from the end that the direction selects; only
 * for a study that tries configurations again all complete trials are read.
 */
const summaries = sql`
  select studies.id, studies.name, studies.standing, studies.direction, studies.objectives, studies.budget_trials, studies.budget_rules, studies.ended_because, studies.revision, studies.created_at, studies.updated_at,
    studies.group_name, freezes.study as freeze_study, freezes.policy as freeze_policy, freezes.frozen_at, freezes.frozen_by,
    counted.*, ended.*, began.*, best.number as best_number, best.value as best_value,
    case when counted.queued + counted.running + counted.paused = 0 and (studies.ended_because is not null or counted.complete + counted.pruned + ${countedFailed} >= studies.budget_trials) then 'complete'
      when studies.frozen_by is not null then 'frozen'
      when studies.standing <> 'open' then studies.standing::text
      when counted.running > 0 then 'running'
      else 'idle' end as state
  from studies left join freezes on freezes.group_name = studies.group_name and freezes.lifted_at is null,
    lateral (
      select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'running') as running
      from trials where study_id = studies.id and state in ('queued', 'running')
    ) as open,
    lateral (select count(*) as paused from trials where study_id = studies.id and paused_by is not null) as waiting,
    lateral (
      select queued, running, paused, pruned_trials as pruned, failed_trials as failed, cancelled_trials as cancelled,
        next_number - queued - running - paused - pruned_trials - failed_trials - cancelled_trials as complete
    ) as counted,
    lateral (
      select count(*) as recently from trials where study_id = studies.id and finished_at > now() - ${recent} and state <> 'cancelled'
    ) as ended,
    lateral (
      select extract(epoch from now() - greatest(now() - ${recent}, min(started_at)))::float8 * 1000 as recent_ms from trials where study_id = studies.id
    ) as began
    left join lateral (
      (select number, value from trials where study_id = studies.id and state = 'complete' and feasible and value is not null and studies.direction = 'minimize' and studies.replicates is null order by value, number limit 1)
      union all
      (select number, value from trials where study_id = studies.id and state = 'complete' and feasible and value is not null and studies.direction = 'maximize' and studies.replicates is null order by value desc, number limit 1)
      union all
      (select (array_agg(number order by case studies.direction when 'minimize' then value else -value end, number))[1] as number, avg(value) as value
        from trials where study_id = studies.id and state = 'complete' and studies.replicates is not null
        group by params::jsonb having bool_and(feasible)
        order by case studies.direction when 'minimize' then avg(value) else -avg(value) end, min(number) limit 1)
    ) as best on true`;

/** @param condition on the columns of a study and its derived `state`. @param order default: the newest first */
export async function summarise(
  db: Db,
  condition: SQL,
  limit: number,
  { key, descending }: { readonly key: SQL; readonly descending: boolean } = { key: sql`id`, descending: true },
): Promise<readonly StudySummary[]> {
  const direction = descending ? sql`desc` : sql`asc`;
  const { rows } = await db.execute<SummaryRow>(
    sql`select *, (${key})::text as sort_key from (${summaries}) as summaries where ${condition} order by ${key} ${direction}, id ${direction} limit ${limit}`,
  );
  return rows.map((row) => ({ id: row.id, sortKey: row.sort_key, item: itemOf(row) }));
}

/** Of every study; of more than a thousand, the newest. */
export async function summariseAll(db: Db): Promise<readonly StudyItem[]> {
  return (await summarise(db, sql`true`, 1000)).map(({ item }) => item);
}

/** @param condition as for {@link summarise}. @param byState whether it asks for the state; else only the studies themselves are read */
export async function countStudies(db: Db, condition: SQL, byState: boolean): Promise<number> {
  const source = byState ? sql`(${summaries})` : sql`studies`;
  const { rows } = await db.execute<{ count: string | number }>(sql`select count(*) from ${source} as summaries where ${condition}`);
  return Number(rows[0]?.count ?? 0);
}

function itemOf(row: SummaryRow): StudyItem {
  const counts: TrialCounts = {
    queued: Number(row.queued),
    running: Number(row.running),
    paused: Number(row.paused),
    complete: Number(row.complete),
    pruned: Number(row.pruned),
    failed: Number(row.failed),
    cancelled: Number(row.cancelled),
  };
  const perMs =
    counts.running > 0 && Number(row.recently) > 0 && row.recent_ms !== null && row.recent_ms > 0
      ? Number(row.recently) / row.recent_ms
      : null;
  const budget: Budget = { trials: row.budget_trials, ...row.budget_rules };
  const left = Math.max(0, budget.trials - counts.complete - counts.pruned - (budget.countFailed === false ? 0 : counts.failed));
  return {
    name: row.name,
    state: row.state,
    desiredState: row.standing,
    group: row.group_name,
    freeze:
      row.freeze_study === null
        ? null
        : {
            holds: row.freeze_study !== row.name,
            study: row.freeze_study,
            policy: row.freeze_policy ?? '',
            since: new Date(row.frozen_at ?? 0).toISOString(),
            by: row.frozen_by ?? '',
          },
    direction: row.direction,
    objectives: row.objectives,
    best: finite(row.best_value),
    bestAddress: row.best_number === null ? null : trialAddress(row.name, row.best_number),
    counts,
    budget,
    endedBecause: row.ended_because,
    trialsPerHour: perMs === null ? null : perMs * 3_600_000,
    etaMs: perMs === null || row.state !== 'running' || budget.trials === unlimitedTrials ? null : Math.round(left / perMs),
    revision: Number(row.revision),
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
    ...nonFiniteFlag({ best: row.best_value }),
  };
}

type Count = 'queued' | 'running' | 'paused' | 'complete' | 'pruned' | 'failed' | 'cancelled' | 'recently';

interface SummaryRow extends Record<string, unknown>, Readonly<Record<Count, string | number>> {
  readonly sort_key: string;
  readonly id: number;
  readonly name: string;
  readonly standing: StudyRow['desiredState'];
  readonly group_name: string | null;
  readonly freeze_study: string | null;
  readonly freeze_policy: string | null;
  readonly frozen_at: string | null;
  readonly frozen_by: string | null;
  readonly direction: Direction;
  readonly objectives: readonly Goal[] | null;
  readonly budget_trials: number;
  readonly budget_rules: Omit<Budget, 'trials'> | null;
  readonly ended_because: string | null;
  readonly revision: string | number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly recent_ms: number | null;
  readonly best_number: number | null;
  readonly best_value: number | null;
  readonly state: StudyState;
}
