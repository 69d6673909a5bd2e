import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { compileSpace } from '../../search/space/compile.ts';
import type { LeafParam } from '../../search/space/param.ts';
import { trials } from '../schema/index.ts';
import type { StudyRow } from './find.ts';
import { meant } from './find.ts';
import { objectiveAt } from './front.ts';

/** What a list of trials can be sorted and filtered by: an expression that is null where a trial has none, or where it is NaN. */
export interface TrialField {
  readonly name: string;
  readonly expression: SQL;
  readonly kind: 'number' | 'text' | 'time';
  /** Its name among the figures that lists are sorted by; null for a column of the trial. */
  readonly figure: string | null;
}

const fixed: Readonly<Record<string, Omit<TrialField, 'name' | 'figure'>>> = {
  number: { kind: 'number', expression: sql`${trials.number}::float8` },
  value: { kind: 'number', expression: sql`nullif(${trials.value}, 'NaN')` },
  /** `true` or `false` of a complete trial: whether it meets its constraints. */
  feasible: { kind: 'text', expression: sql`case when ${trials.state} = 'complete' then ${trials.feasible}::text end` },
  attempt: { kind: 'number', expression: sql`${trials.attempt}::float8` },
  /** Milliseconds. */
  duration: { kind: 'number', expression: sql`extract(epoch from ${trials.finishedAt} - ${trials.startedAt})::float8 * 1000` },
  lastStep: { kind: 'number', expression: sql`${trials.lastStep}::float8` },
  lastValue: { kind: 'number', expression: sql`nullif(${trials.lastValue}, 'NaN')` },
  startedAt: { kind: 'time', expression: sql`${trials.startedAt}` },
  finishedAt: { kind: 'time', expression: sql`${trials.finishedAt}` },
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
  const figure = hasMixedChoices(param) ? null : `param:${name}`;
  const isText = param.type === 'choice' && param.choices.some((choice) => typeof choice !== 'number');
  return isText
    ? { figure, kind: 'text', expression: sql`(${trials.params} ->> ${name}::text) collate "C"` }
    : { figure, kind: 'number', expression: sql`(${trials.params} ->> ${name}::text)::float8` };
}

/** Numbers among other choices: they sort as text together and are kept apart as figures and labels. */
function hasMixedChoices(param: LeafParam): boolean {
  return param.type === 'choice' && new Set(param.choices.map((choice) => typeof choice === 'number')).size > 1;
}
