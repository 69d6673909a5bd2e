import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import type { StudyRow } from '../../../storage/schema/rows.ts';
import { cursorPages } from '../pages.ts';
import type { Column, Table } from './column.ts';
import { endedAt, metricCell } from './reports.ts';

interface EvaluationRow extends Record<string, unknown> {
  readonly validation: number;
  readonly origin: string;
  readonly arm: string | null;
  readonly scheme: string | null;
  readonly subject: string;
  readonly number: number | null;
  readonly seed: string | number | null;
  readonly fold: number;
  readonly test_start: string | Date;
  readonly test_end: string | Date;
  readonly metric_names: readonly string[];
  readonly metric_values: readonly number[];
  readonly early_terminations: number;
  readonly transaction_bp: number;
  readonly impact_bp: number;
  readonly friction_paid: number;
  readonly judged_at: string | Date;
}

/** What belongs to the evaluations of a study; those of baselines have no trial. */
const evaluationsOf = (
  study: number,
  asOf: number | null,
  more = sql``,
) => sql`judgements join validations on validations.id = judgements.validation_id
  join validation_folds on validation_folds.validation_id = judgements.validation_id and validation_folds.fold = judgements.fold
  left join trials on trials.id = judgements.trial_id ${more}
  where validations.study_id = ${sql.raw(String(study))} and (judgements.trial_id is null or ${endedAt(asOf)})`;

/** One row an evaluation: a policy or baseline on the test part of a fold. */
export async function evaluationTable(tx: Db, study: StudyRow, asOf: number | null): Promise<Table<EvaluationRow>> {
  const { rows } = await tx.execute<{ metrics: readonly string[] }>(sql`
    select array(select distinct name from judgements join validations on validations.id = validation_id, unnest(metric_names) as name
      where study_id = ${study.id} order by name) as metrics`);
  return {
    columns: [
      { name: 'validation', kind: 'integer', cell: ({ validation }) => validation },
      { name: 'origin', kind: 'text', cell: ({ origin }) => origin },
      { name: 'arm', kind: 'text', cell: ({ arm }) => arm },
      { name: 'scheme', kind: 'text', cell: ({ scheme }) => scheme },
      { name: 'subject', kind: 'text', cell: ({ subject }) => subject },
      { name: 'trial', kind: 'integer', cell: ({ number }) => number },
      { name: 'seed', kind: 'integer', cell: ({ seed }) => (seed === null ? null : Number(seed)) },
      { name: 'fold', kind: 'integer', cell: ({ fold }) => fold },
      { name: 'testStart', kind: 'time', cell: ({ test_start: at }) => new Date(at) },
      { name: 'testEnd', kind: 'time', cell: ({ test_end: at }) => new Date(at) },
      ...rows[0]!.metrics.map((name): Column<EvaluationRow> => ({ name: `metrics.${name}`, kind: 'number', cell: metricCell(name) })),
      { name: 'earlyTerminations', kind: 'integer', cell: (row) => row.early_terminations },
      { name: 'transactionBp', kind: 'number', cell: (row) => row.transaction_bp },
      { name: 'impactBp', kind: 'number', cell: (row) => row.impact_bp },
      { name: 'frictionPaid', kind: 'number', cell: (row) => row.friction_paid },
      { name: 'evaluatedAt', kind: 'time', cell: ({ judged_at: at }) => new Date(at) },
    ],
    pages: cursorPages(
      tx,
      sql`select validations.id as validation, origin, arm, scheme, subject, number, judgements.seed, judgements.fold, test_start, test_end,
          judgements.metric_names, judgements.metric_values, early_terminations, transaction_bp, impact_bp, friction_paid, judged_at
        from ${evaluationsOf(study.id, asOf)} order by judgements.id`,
    ),
  };
}

interface ReturnRow extends Record<string, unknown> {
  readonly part: string;
  readonly validation: number | null;
  readonly subject: string;
  readonly number: number | null;
  readonly seed: string | number | null;
  readonly fold: number | null;
  readonly place: string | number;
  readonly day: string | null;
  readonly given: number;
}

/**
 * One row a day. `search`: the days of a trial's value, with their dates. `test`: the sessions of a fold's test part by their places, since an
 * evaluation keeps no dates.
 */
export async function returnTable(tx: Db, study: StudyRow, asOf: number | null): Promise<Table<ReturnRow>> {
  return {
    columns: [
      { name: 'part', kind: 'text', cell: ({ part }) => part },
      { name: 'validation', kind: 'integer', cell: ({ validation }) => validation },
      { name: 'subject', kind: 'text', cell: ({ subject }) => subject },
      { name: 'trial', kind: 'integer', cell: ({ number }) => number },
      { name: 'seed', kind: 'integer', cell: ({ seed }) => (seed === null ? null : Number(seed)) },
      { name: 'fold', kind: 'integer', cell: ({ fold }) => fold },
      { name: 'session', kind: 'integer', cell: ({ place }) => Number(place) },
      { name: 'day', kind: 'text', cell: ({ day }) => day },
      { name: 'return', kind: 'number', cell: ({ given }) => given },
    ],
    pages: cursorPages(
      tx,
      sql`(select 'search' as part, null::int as validation, 'policy' as subject, number, null::bigint as seed, null::int as fold, place - 1 as place,
            day::text, given
          from trials join trial_returns on trial_id = trials.id, unnest(days, returns) with ordinality as listed (day, given, place)
          where study_id = ${sql.raw(String(study.id))} and ${endedAt(asOf)} order by number, place)
        union all
        (select 'test', validations.id, subject, number, judgements.seed, judgements.fold, place - 1, null, given
          from ${evaluationsOf(study.id, asOf, sql`cross join unnest(daily_returns) with ordinality as listed (given, place)`)}
          order by judgements.id, place)`,
    ),
  };
}
