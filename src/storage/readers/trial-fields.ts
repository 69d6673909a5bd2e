import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { compileSpace } from '../../search/space/compile.ts';
import type { ChoiceValue, LeafParam } from '../../search/space/param.ts';
import { trialStates } from '../../search/trial/trial.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { meant } from './find.ts';
import { objectiveAt } from './front.ts';

/** A field that trials can be sorted and filtered by: an expression that is null if a trial has no value or NaN. */
export interface TrialField {
  readonly name: string;
  readonly expression: SQL;
  /** `choice`: a json expression, whose values keep the types of the choices. */
  readonly kind: 'number' | 'text' | 'time' | 'boolean' | 'choice';
  /** Values of a choice, which is a `number` where all of them are; or the only ones of a text. */
  readonly choices?: readonly ChoiceValue[];
  /** Its name in `trial_figures`, by which lists are sorted (null: a column of `trials`). */
  readonly metric: string | null;
}

const fixed: Readonly<Record<string, Omit<TrialField, 'name' | 'metric'>>> = {
  number: { kind: 'number', expression: sql`${trials.number}::float8` },
  state: { kind: 'text', choices: trialStates, expression: sql`${trials.state}::text collate "C"` },
  value: { kind: 'number', expression: sql`nullif(${trials.value}, 'NaN')` },
  /** `true` or `false`: whether a complete trial meets its constraints. */
  feasible: { kind: 'boolean', expression: sql`case when ${trials.state} = 'complete' then ${trials.feasible} end` },
  attempt: { kind: 'number', expression: sql`${trials.attempt}::float8` },
  /** Milliseconds. */
  duration: { kind: 'number', expression: sql`extract(epoch from ${trials.finishedAt} - ${trials.startedAt})::float8 * 1000` },
  lastStep: { kind: 'number', expression: sql`${trials.lastStep}::float8` },
  lastValue: { kind: 'number', expression: sql`nullif(${trials.lastValue}, 'NaN')` },
  /** Rounded to milliseconds, as lists show them. */
  startedAt: { kind: 'time', expression: sql`date_trunc('milliseconds', ${trials.startedAt})` },
  finishedAt: { kind: 'time', expression: sql`date_trunc('milliseconds', ${trials.finishedAt})` },
  worker: { kind: 'text', expression: sql`${trials.worker} collate "C"` },
};

/**
 * Returns the field of a name: one of the list above, `param:<name>` (or just the name), `objective:<name>` of several, `metric:<name>`.
 * Names reach the database only as bound values.
 * @throws AssayError `usage` for an unknown name
 */
export function trialField(study: StudyRow, name: string, place: string): TrialField {
  const known = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
  if (known !== undefined) return { name, metric: null, ...known };
  if (name.startsWith('metric:')) {
    const bare = name.slice('metric:'.length);
    return {
      name,
      metric: name,
      kind: 'number',
      expression: sql`nullif(${trials.metricValues}[array_position(${trials.metricNames}, ${bare}::text)], 'NaN')`,
    };
  }
  if (name.startsWith('objective:')) {
    const at = objectiveAt(study, name.slice('objective:'.length), place);
    return { name, metric: `objective:${at + 1}`, kind: 'number', expression: sql`${trials.values}[${sql.raw(String(at + 1))}]` };
  }
  const params = compileSpace(study.space).byName;
  const bare = name.startsWith('param:') ? name.slice('param:'.length) : name;
  const param = params.get(bare);
  if (param !== undefined) return { name: `param:${bare}`, ...paramField(bare, param.param) };
  throw new AssayError('usage', `trials of ${study.name} have no field ${JSON.stringify(name)}`, {
    place,
    hint: meant(
      bare,
      [...params.keys(), ...Object.keys(fixed)],
      `there are ${[...Object.keys(fixed), ...[...params.keys()].map((other) => `param:${other}`), ...(study.objectives ?? []).map((goal) => `objective:${goal.name}`), 'metric:<name>'].join(', ')}`,
    ),
  });
}

function paramField(name: string, param: LeafParam): Omit<TrialField, 'name'> {
  const metric = `param:${name}`;
  const number = sql`(${trials.params} ->> ${name}::text)::float8`;
  if (param.type !== 'choice') return { metric, kind: 'number', expression: number };
  const { choices } = param;
  if (choices.every((choice) => typeof choice === 'number')) return { metric, kind: 'number', choices, expression: number };
  return {
    metric: hasMixedChoices(choices) ? null : metric,
    kind: 'choice',
    choices,
    expression: sql`(${trials.params} -> ${name}::text)`,
  };
}

/** True if choices mix numbers with texts or truth values, which are stored in different columns, so no index sorts them together. */
function hasMixedChoices(choices: readonly ChoiceValue[]): boolean {
  return new Set(choices.filter((choice) => choice !== null).map((choice) => typeof choice === 'number')).size > 1;
}
