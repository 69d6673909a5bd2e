import type { Direction } from '../../search/trial/history.ts';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../../storage/database.ts';
import { lastValueTells } from '../../storage/history/read-history.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { objectiveAt } from '../../storage/readers/front.ts';
import { columnOfField, columnOfFilter } from '../../storage/readers/trial-columns.ts';
import type { StudyRow } from '../../storage/schema/rows.ts';
import type { AnswerStore } from '../answer-store.ts';
import { checkConditions } from '../filter-query.ts';
import type { ColumnStore, ColumnWanted, TrialColumns } from './columns.ts';
import { completeCode, selectTrials } from './select.ts';

/** Which trials a chart is of. */
export interface ChartFilter {
  readonly states?: readonly TrialState[] | undefined;
  readonly where?: readonly string[] | undefined;
}

/** What of them it draws. */
export interface ChartFigure extends ChartFilter {
  readonly objective?: string | undefined;
  readonly metric?: string | undefined;
}

export interface Drawing {
  readonly study: StudyRow;
  readonly columns: TrialColumns;
  readonly revision: number;
  /** Numbers of the trials that meet the filters, ascending. */
  readonly trials: Int32Array;
}

export interface FigureDrawing extends Drawing {
  /** What is drawn, by number of the trial; NaN: it has none. */
  readonly figure: Float64Array;
  readonly about: { readonly objective: string | null; readonly metric: string | null; readonly direction: Direction };
}

export interface ChartSource {
  readonly db: Db;
  readonly store: ColumnStore;
  readonly answers: AnswerStore;
}

/** A field as a column. @throws AssayError `usage` */
export function fieldColumn(study: StudyRow, name: string, place: string): ColumnWanted {
  return { key: name, expression: columnOfField(study, name, place) };
}

/**
 * Calls `draw` with the columns of a study and the trials that meet the filters.
 * @param states of a query that names none; null: any
 * @param further columns that the chart needs beside
 * @throws AssayError `not_found`, `usage`
 */
export async function drawTrials<Result>(
  { db, store }: ChartSource,
  name: string,
  { states, where = [] }: ChartFilter,
  usual: readonly TrialState[] | null,
  further: (study: StudyRow) => readonly ColumnWanted[],
  draw: (drawing: Drawing) => Result,
): Promise<Result> {
  checkConditions(where);
  const study = await findStudy(db, name);
  const filter = where.length === 0 ? null : { key: `where:${JSON.stringify(where)}`, expression: columnOfFilter(study, where) };
  return store.withColumns(study, [...further(study), ...(filter === null ? [] : [filter])], (columns, revision) => {
    const meets = filter === null ? null : columns.further.get(filter.key)!;
    return draw({ study, columns, revision, trials: selectTrials(columns, { states: states ?? usual, meets }) });
  });
}

/** As {@link drawTrials}, with the figure that the query asks for. */
export async function drawFigure<Result>(
  source: ChartSource,
  name: string,
  { objective, metric, ...filter }: ChartFigure,
  usual: readonly TrialState[] | null,
  further: (study: StudyRow) => readonly ColumnWanted[],
  draw: (drawing: FigureDrawing) => Result,
): Promise<Result> {
  let drawn: ColumnWanted | null = null;
  let about: FigureDrawing['about'] | undefined;
  return drawTrials(
    source,
    name,
    filter,
    usual,
    (study) => {
      const at = objective === undefined ? 0 : objectiveAt(study, objective);
      const goal = study.objectives?.[at];
      about = {
        objective: metric === undefined ? (goal?.name ?? null) : null,
        metric: metric ?? null,
        direction: metric === undefined ? (goal?.direction ?? study.direction) : study.direction,
      };
      if (metric !== undefined) drawn = fieldColumn(study, `metric:${metric}`, 'metric');
      else if (goal !== undefined && at > 0) drawn = fieldColumn(study, `objective:${goal.name}`, 'objective');
      return [...further(study), ...(drawn === null ? [] : [drawn])];
    },
    (drawing) => {
      const figure = drawn === null ? valueOrReport(drawing) : drawing.columns.further.get(drawn.key)!;
      return draw({ ...drawing, figure, about: about! });
    },
  );
}

/** The first objective; of a trial without one its newest report, where reports show the objective. */
function valueOrReport({ study, columns: { n, state, value, last } }: Drawing): Float64Array {
  const figure = value.slice();
  if (!lastValueTells(study)) return figure;
  for (let number = 0; number < n; number++) if (state[number] !== completeCode) figure[number] = last[number]!;
  return figure;
}
