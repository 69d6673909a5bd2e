import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { type TrialField, trialField } from './trial-fields.ts';

/** Sort of a list of trials for which an index gives each page. */
export interface TrialSort {
  readonly descending: boolean;
  /** Condition on the joined rows of `trial_figures` (null: `trials` alone). */
  readonly joined: SQL | null;
  /** Sort key (null: the trial has none). */
  readonly key: SQL;
  /** SQL type of the key, to cast a cursor's text. */
  readonly type: SQL;
  readonly number: SQL;
  /** Condition on `trials`: those without a key, which come last. */
  readonly missing: SQL;
}

/** Columns with an index. Durations are sorted by the interval that the index holds. */
const indexed: Readonly<Record<string, SQL>> = {
  number: sql`${trials.number}`,
  value: sql`${trials.value}`,
  startedAt: sql`${trials.startedAt}`,
  finishedAt: sql`${trials.finishedAt}`,
  duration: sql`(${trials.finishedAt} - ${trials.startedAt})`,
};
const types: Readonly<Record<string, SQL>> = { number: sql`int4`, duration: sql`interval` };
const typeOfKind = { number: sql`float8`, text: sql`text`, time: sql`timestamptz`, boolean: sql`boolean`, choice: sql`jsonb` };

/** Largest study that is sorted without an index: reading and sorting all of it takes about 400 ms. */
const mostUnindexed = 100_000;

/**
 * Parses a sort.
 * @param sort a field of {@link trialField}, with a minus in front for descending
 * @throws AssayError `usage` for an unknown field, and for one without an index if the study is large
 */
export function trialSort(study: StudyRow, sort: string): TrialSort {
  const descending = sort.startsWith('-');
  const field = trialField(study, descending ? sort.slice(1) : sort, 'sort');
  const { name, kind, metric } = field;
  const column = indexed[name];
  if (column !== undefined) return overTrials(descending, column, types[name] ?? typeOfKind[kind]);
  if (metric !== null) return overMetrics(study, descending, field, metric);
  if (study.nextNumber > mostUnindexed)
    throw new AssayError('usage', `study ${study.name} has too many trials to be sorted by ${name}`, {
      place: 'sort',
      hint: `sort by ${Object.keys(indexed).join(', ')}, a parameter or a metric, and filter by ${name}`,
    });
  return overTrials(descending, kind === 'choice' ? mixedKey(field.expression) : field.expression, typeOfKind[kind]);
}

/** Sorts numbers by size, then texts by code point, then false and true; null: none of these. */
function mixedKey(given: SQL): SQL {
  return sql`(case json_typeof(${given})
    when 'number' then jsonb_build_array(0, ${given}::jsonb)
    when 'string' then jsonb_build_array(1, encode(convert_to(left(${given} #>> '{}', 500), 'UTF8'), 'hex'))
    when 'boolean' then jsonb_build_array(2, ${given}::jsonb) end)`;
}

function overTrials(descending: boolean, key: SQL, type: SQL): TrialSort {
  return { descending, joined: null, key, type, number: sql`${trials.number}`, missing: sql`${key} is null` };
}

function overMetrics({ id }: StudyRow, descending: boolean, { kind, choices = [] }: TrialField, metric: string): TrialSort {
  const hasLabels = kind === 'choice' && !choices.some((choice) => typeof choice === 'number');
  const column = hasLabels ? sql`label` : sql`figure`;
  const key = hasLabels ? sql`(metrics.label collate "C")` : sql`metrics.figure`;
  const named = sql`metrics.study_id = ${id} and metrics.name = ${metric} and metrics.${column} is not null and metrics.number = trials.number`;
  return {
    descending,
    joined: named,
    key,
    type: hasLabels ? typeOfKind.text : typeOfKind.number,
    number: sql`metrics.number`,
    missing: sql`not exists (select from trial_figures as metrics where ${named})`,
  };
}
