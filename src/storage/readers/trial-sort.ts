import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { type TrialField, trialField } from './trial-fields.ts';

/** How a list of trials is sorted, so that an index gives each page. */
export interface TrialSort {
  readonly descending: boolean;
  /** Which of the `figures` stand beside the trials; null: the trials are read alone. */
  readonly figures: SQL | null;
  /** Null where a trial has no figure. */
  readonly key: SQL;
  /** The SQL type of the key, by which a cursor's text becomes one again. */
  readonly type: SQL;
  readonly number: SQL;
  /** Of the trials alone: those that have no figure, and come last. */
  readonly missing: SQL;
}

/** Columns with an index of their own. The duration sorts as the interval that the index holds. */
const indexed: Readonly<Record<string, SQL>> = {
  number: sql`${trials.number}`,
  value: sql`${trials.value}`,
  startedAt: sql`${trials.startedAt}`,
  finishedAt: sql`${trials.finishedAt}`,
  duration: sql`(${trials.finishedAt} - ${trials.startedAt})`,
};
const types: Readonly<Record<string, SQL>> = { number: sql`int4`, duration: sql`interval` };
const typeOfKind = { number: sql`float8`, text: sql`text`, time: sql`timestamptz`, boolean: sql`boolean`, choice: sql`jsonb` };

/** Without an index a page reads and sorts the whole study, some 400 ms at this many trials. */
const mostUnindexed = 100_000;

/**
 * @param sort a field of {@link trialField}, with a minus in front for descending
 * @throws AssayError `usage` for an unknown field, and for one without an index where the study is large
 */
export function trialSort(study: StudyRow, sort: string): TrialSort {
  const descending = sort.startsWith('-');
  const field = trialField(study, descending ? sort.slice(1) : sort, 'sort');
  const { name, kind, figure } = field;
  const column = indexed[name];
  if (column !== undefined) return overTrials(descending, column, types[name] ?? typeOfKind[kind]);
  if (figure !== null) return overMetrics(study, descending, field, figure);
  if (study.nextNumber > mostUnindexed)
    throw new AssayError('usage', `study ${study.name} has too many trials to be sorted by ${name}`, {
      place: 'sort',
      hint: `sort by ${Object.keys(indexed).join(', ')}, a parameter or a metric, and filter by ${name}`,
    });
  return overTrials(descending, kind === 'choice' ? mixedKey(field.expression) : field.expression, typeOfKind[kind]);
}

/** Numbers by size, then texts by code point, then false and true; null for what is null or not there. */
function mixedKey(given: SQL): SQL {
  return sql`(case json_typeof(${given})
    when 'number' then jsonb_build_array(0, ${given}::jsonb)
    when 'string' then jsonb_build_array(1, encode(convert_to(left(${given} #>> '{}', 500), 'UTF8'), 'hex'))
    when 'boolean' then jsonb_build_array(2, ${given}::jsonb) end)`;
}

function overTrials(descending: boolean, key: SQL, type: SQL): TrialSort {
  return { descending, figures: null, key, type, number: sql`${trials.number}`, missing: sql`${key} is null` };
}

function overMetrics({ id }: StudyRow, descending: boolean, { kind, choices = [] }: TrialField, figure: string): TrialSort {
  const hasLabels = kind === 'choice' && !choices.some((choice) => typeof choice === 'number');
  const column = hasLabels ? sql`label` : sql`figure`;
  const key = hasLabels ? sql`(figures.label collate "C")` : sql`figures.figure`;
  const named = sql`figures.study_id = ${id} and figures.name = ${figure} and figures.${column} is not null and figures.number = trials.number`;
  return {
    descending,
    figures: named,
    key,
    type: hasLabels ? typeOfKind.text : typeOfKind.number,
    number: sql`figures.number`,
    missing: sql`not exists (select from trial_figures as figures where ${named})`,
  };
}
