import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { compileSpace } from '../../search/space/compile.ts';
import type { ChoiceValue, LeafParam } from '../../search/space/param.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from '../schema/rows.ts';
import { meant } from './find.ts';
import { objectiveAt } from './front.ts';

/** What a list of trials can be sorted and filtered by: an expression that is null where a trial has none, or where it is NaN. */
export interface TrialField {
  readonly name: string;
  readonly expression: SQL;
  /** `choice`: the expression is json, whose values keep the types of the choices. */
  readonly kind: 'number' | 'text' | 'time' | 'boolean' | 'choice';
  /** Of a choice. */
  readonly choices?: readonly ChoiceValue[];
  /** Its name among the figures that lists are sorted by; null for a column of the trial. */
  readonly figure: string | null;
}

const fixed: Readonly<Record<string, Omit<TrialField, 'name' | 'figure'>>> = {
  number: { kind: 'number', expression: sql`${trials.number}::float8` },
  value: { kind: 'number', expression: sql`nullif(${trials.value}, 'NaN')` },
  /** `true` or `false` of a complete trial: whether it meets its constraints. */
  feasible: { kind: 'boolean', expression: sql`case when ${trials.state} = 'complete' then ${trials.feasible} end` },
  attempt: { kind: 'number', expression: sql`${trials.attempt}::float8` },
  /** Milliseconds. */
  duration: { kind: 'number', expression: sql`extract(epoch from ${trials.finishedAt} - ${trials.startedAt})::float8 * 1000` },
  lastStep: { kind: 'number', expression: sql`${trials.lastStep}::float8` },
  lastValue: { kind: 'number', expression: sql`nullif(${trials.lastValue}, 'NaN')` },
  /** To the millisecond, as lists show them. */
  startedAt: { kind: 'time', expression: sql`date_trunc('milliseconds', ${trials.startedAt})` },
  finishedAt: { kind: 'time', expression: sql`date_trunc('milliseconds', ${trials.finishedAt})` },
  worker: { kind: 'text', expression: sql`${trials.worker} collate "C"` },
};

/**
 * A field by its name: one of the list above, `param:<name>` (or just the parameter's name), `objective:<name>` of several, `metric:<name>`.
 * Names only ever reach the database as bound values.
 * @throws AssayError `usage` for a name that the study does not know.
 */
export function trialField(study: StudyRow, name: string, place: string): TrialField {
  const known = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
  if (known !== undefined) return { name, figure: null, ...known };
  if (name.startsWith('metric:')) {
    const metric = name.slice('metric:'.length);
    return {
      name,
      figure: name,
      kind: 'number',
      expression: sql`nullif(${trials.metricValues}[array_position(${trials.metricNames}, ${metric}::text)], 'NaN')`,
    };
  }
  if (name.startsWith('objective:')) {
    const at = objectiveAt(study, name.slice('objective:'.length), place);
    return { name, figure: `objective:${at + 1}`, kind: 'number', expression: sql`${trials.values}[${sql.raw(String(at + 1))}]` };
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
  const figure = `param:${name}`;
  const number = sql`(${trials.params} ->> ${name}::text)::float8`;
  if (param.type !== 'choice') return { figure, kind: 'number', expression: number };
  const { choices } = param;
  if (choices.every((choice) => typeof choice === 'number')) return { figure, kind: 'number', expression: number };
  return {
    figure: hasMixedChoices(choices) ? null : figure,
    kind: 'choice',
    choices,
    expression: sql`(${trials.params} -> ${name}::text)`,
  };
}

/** Numbers among texts or truth values: figures and labels are kept apart, so that no index sorts them together. */
function hasMixedChoices(choices: readonly ChoiceValue[]): boolean {
  return new Set(choices.filter((choice) => choice !== null).map((choice) => typeof choice === 'number')).size > 1;
}
