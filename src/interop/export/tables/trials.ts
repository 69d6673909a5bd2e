import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { ownValue } from '../../../core/reserved-keys.ts';
import { compileSpace } from '../../../search/space/compile.ts';
import type { LeafParam } from '../../../search/space/param.ts';
import type { Db } from '../../../storage/database.ts';
import { trialItem } from '../../../storage/readers/trial-item.ts';
import { trials } from '../../../storage/schema/index.ts';
import type { StudyRow, TrialRow } from '../../../storage/schema/rows.ts';
import { pagesOf } from '../pages.ts';
import type { Cell, Column, Table } from './column.ts';
import { endedAt, metricCell } from './reports.ts';

/** How uncertain values are, in studies of which a trial told it. */
const noiseColumns: readonly Column<TrialRow>[] = [
  { name: 'noise.sd', kind: 'number', cell: ({ noiseVariance }) => (noiseVariance === null ? null : Math.sqrt(noiseVariance)) },
  { name: 'noise.seeds', kind: 'integer', cell: ({ noiseSeeds }) => noiseSeeds },
];

/** One row a trial. */
export async function trialTable(tx: Db, study: StudyRow, asOf: number | null): Promise<Table<TrialRow>> {
  const { params, metrics, constraints, noise } = await namesOf(tx, study.id);
  const space = compileSpace(study.space);
  const others = params.filter((name) => !space.byName.has(name));
  const objectives = study.objectives ?? [];
  return {
    columns: [
      { name: 'number', kind: 'integer', cell: ({ number }) => number },
      { name: 'state', kind: 'text', cell: ({ state }) => state },
      { name: 'value', kind: 'number', cell: ({ value }) => value },
      ...objectives.map(
        (goal, i): Column<TrialRow> => ({ name: `values.${goal.name}`, kind: 'number', cell: ({ values }) => values?.[i] ?? null }),
      ),
      ...Array.from(
        { length: constraints },
        (_, i): Column<TrialRow> => ({ name: `constraints.${i}`, kind: 'number', cell: (row) => row.constraints?.[i] ?? null }),
      ),
      ...(noise ? noiseColumns : []),
      ...space.params.map(({ name, param }) => paramColumn(name, param, study.foreignKind === null)),
      ...others.map(
        (name): Column<TrialRow> => ({ name: `params.${name}`, kind: 'json', cell: (row) => jsonCell(ownValue(row.params, name)) }),
      ),
      ...metrics.map((name): Column<TrialRow> => ({ name: `metrics.${name}`, kind: 'number', cell: metricOf(name) })),
      { name: 'lastReport.step', kind: 'integer', cell: ({ lastStep }) => lastStep },
      { name: 'lastReport.value', kind: 'number', cell: ({ lastValue }) => lastValue },
      { name: 'startedAt', kind: 'time', cell: ({ startedAt }) => startedAt },
      { name: 'finishedAt', kind: 'time', cell: ({ finishedAt }) => finishedAt },
      { name: 'attempt', kind: 'integer', cell: ({ attempt }) => attempt },
      { name: 'seed', kind: 'integer', cell: ({ seed }) => seed },
      { name: 'worker', kind: 'text', cell: ({ worker }) => worker },
      { name: 'reason', kind: 'text', cell: ({ reason }) => reason },
      { name: 'error', kind: 'json', cell: ({ error }) => (error === null ? null : JSON.stringify(error)) },
    ],
    pages: pagesOf(
      (after, limit) =>
        tx
          .select()
          .from(trials)
          .where(and(eq(trials.studyId, study.id), gt(trials.number, after), endedAt(asOf)))
          .orderBy(asc(trials.number))
          .limit(limit),
      ({ number }) => number,
    ),
    item: (row) => trialItem(study, row),
  };
}

/** Everything that any trial has a value of: a space may have lost a parameter, and metrics are in no space. */
async function namesOf(tx: Db, study: number) {
  const { rows } = await tx.execute<{ params: readonly string[]; metrics: readonly string[]; constraints: number; noise: boolean }>(sql`
    select array(select distinct name from trials, json_object_keys(params) as name where study_id = ${study} order by name) as params,
      array(select distinct name from trials, unnest(metric_names) as name where study_id = ${study} order by name) as metrics,
      (select coalesce(max(cardinality(constraints)), 0) from trials where study_id = ${study}) as constraints,
      exists (select from trials where study_id = ${study} and noise_variance is not null) as noise`);
  return rows[0]!;
}

/** @param isNative false: a client may have given what is not in the range, or no whole number */
function paramColumn(name: string, param: LeafParam, isNative: boolean): Column<TrialRow> {
  const column = (kind: Column<TrialRow>['kind'], cell: (value: unknown) => Cell): Column<TrialRow> => ({
    name: `params.${name}`,
    kind,
    cell: (row) => cell(ownValue(row.params, name)),
  });
  if (param.type !== 'choice') {
    const kind = param.type === 'int' && isNative ? 'integer' : 'number';
    // Clients of Optuna may give infinities, which JSON has as texts.
    return column(kind, (value) => (value === undefined ? null : Number(value)));
  }
  const types = new Set(param.choices.filter((choice) => choice !== null).map((choice) => typeof choice));
  if (types.size === 1 && !param.choices.includes(null)) {
    if (types.has('number')) return column('number', (value) => (typeof value === 'number' ? value : null));
    if (types.has('boolean')) return column('boolean', (value) => (typeof value === 'boolean' ? value : null));
    return column('text', (value) => (typeof value === 'string' ? value : null));
  }
  return column('json', jsonCell);
}

/** Values of several types: as JSON, so that the text "1" and the number 1 are told apart. */
const jsonCell = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

function metricOf(name: string): Column<TrialRow>['cell'] {
  const cell = metricCell(name);
  return ({ metricNames, metricValues }) => cell({ metric_names: metricNames ?? [], metric_values: metricValues ?? [] });
}
