import { sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import type { StudyRow } from '../../../storage/schema/rows.ts';
import { cursorPages } from '../pages.ts';
import type { Column, Table } from './column.ts';

interface ReportRow extends Record<string, unknown> {
  readonly number: number;
  readonly attempt: number;
  readonly step: string | number;
  readonly value: number;
  readonly metric_names: readonly string[];
  readonly metric_values: readonly number[];
  readonly reported_at: string | Date;
}

/** One row a report: the curves of all attempts. */
export async function reportTable(tx: Db, study: StudyRow, asOf: number | null): Promise<Table<ReportRow>> {
  const { rows } = await tx.execute<{ metrics: readonly string[] }>(sql`
    select array(select distinct name from trials join reports on trial_id = trials.id, unnest(reports.metric_names) as name
      where study_id = ${study.id} order by name) as metrics`);
  return {
    columns: [
      { name: 'trial', kind: 'integer', cell: ({ number }) => number },
      { name: 'attempt', kind: 'integer', cell: ({ attempt }) => attempt },
      { name: 'step', kind: 'integer', cell: ({ step }) => Number(step) },
      { name: 'value', kind: 'number', cell: ({ value }) => value },
      ...rows[0]!.metrics.map((name): Column<ReportRow> => ({ name: `metrics.${name}`, kind: 'number', cell: metricCell(name) })),
      { name: 'reportedAt', kind: 'time', cell: ({ reported_at: at }) => new Date(at) },
    ],
    pages: cursorPages(
      tx,
      sql`select number, reports.attempt, step, reports.value, reports.metric_names, reports.metric_values, reported_at
        from trials join reports on trial_id = trials.id where study_id = ${sql.raw(String(study.id))} and ${endedAt(asOf)}
        order by number, reports.attempt, step`,
    ),
  };
}

/** True for a trial that had ended at a revision (null: for every one). */
export const endedAt = (asOf: number | null) =>
  asOf === null ? sql`true` : sql`trials.revision <= ${sql.raw(String(asOf))} and trials.state not in ('queued', 'running', 'paused')`;

/** A metric out of two parallel lists. */
export const metricCell =
  (name: string) =>
  ({
    metric_names: names,
    metric_values: values,
  }: {
    readonly metric_names: readonly string[];
    readonly metric_values: readonly number[];
  }): number | null => {
    const at = names.indexOf(name);
    return at === -1 ? null : (values[at] ?? null);
  };
