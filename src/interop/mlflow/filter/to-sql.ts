import { type SQL, sql } from 'drizzle-orm';
import { invalid } from '../fault.ts';
import { artifactUri, runName } from '../store/sources.ts';
import type { Condition, Order, Subject } from './parse.ts';

/** What a subject is compared as. */
interface Compared {
  readonly kind: 'number' | 'text';
  /** Over a row of runs or experiments; null where there is none. */
  readonly expression: SQL;
}

type Attributes = Readonly<Record<string, Compared>>;

const number = (expression: SQL): Compared => ({ kind: 'number', expression });
const text = (expression: SQL): Compared => ({ kind: 'text', expression });

const started = number(sql`run.start_time::float8`);
const named = text(runName);

/** Attributes of runs, over a row of `runRows` named `run`. */
const runAttributes: Attributes = {
  status: text(sql`run.status`),
  run_name: named,
  'run name': named,
  Name: named,
  run_id: text(sql`run.run_id`),
  start_time: started,
  created: started,
  Created: started,
  end_time: number(sql`run.end_time::float8`),
  duration: number(sql`(run.end_time - run.start_time)::float8`),
  user_id: text(sql`run.user_id`),
  artifact_uri: text(artifactUri),
};

/** Attributes of experiments, over a row of `experimentRows` named `experiment`. */
const experimentAttributes: Attributes = {
  name: text(sql`experiment.name`),
  experiment_id: text(sql`experiment.id`),
  creation_time: number(sql`extract(epoch from experiment.created_at)::float8 * 1000`),
  last_update_time: number(sql`extract(epoch from experiment.updated_at)::float8 * 1000`),
};

function runSubject({ of, key }: Subject): Compared {
  switch (of) {
    case 'metric':
      return number(sql`case when run.tracked then (select value from metric_latest where trial_id = run.trial_id and key = ${key})
        when ${key} = 'objective' then coalesce(run.value, run.last_value) else run.metric_values[array_position(run.metric_names, ${key})] end`);
    case 'param':
      return text(sql`case when run.tracked then (select value from foreign_attributes where trial_id = run.trial_id and space = 'param' and key = ${key})
        else run.params ->> ${key} end`);
    case 'tag':
      return key === 'mlflow.runName'
        ? named
        : text(sql`(select value from foreign_attributes where trial_id = run.trial_id and space = 'tag' and key = ${key})`);
    case 'attribute':
      return attributeOf(runAttributes, key);
  }
}

function experimentSubject({ of, key }: Subject): Compared {
  if (of === 'tag')
    return text(
      sql`(select value from foreign_attributes where study_id = experiment.study_id and trial_id is null and space = 'tag' and key = ${key})`,
    );
  if (of === 'attribute') return attributeOf(experimentAttributes, key);
  throw invalid(`experiments have no ${of}s: a filter of theirs takes tags and ${Object.keys(experimentAttributes).join(', ')}`);
}

function attributeOf(attributes: Attributes, key: string): Compared {
  const found = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
  if (found === undefined)
    throw invalid(`there is no attribute ${JSON.stringify(key.slice(0, 100))}; there are ${Object.keys(attributes).join(', ')}`);
  return found;
}

const subjects = { run: runSubject, experiment: experimentSubject } as const;

export type Searched = keyof typeof subjects;

/** Conditions as SQL whose values are all bound. @throws MlflowFault for a comparison that the subject does not have */
export function conditionsSql(searched: Searched, conditions: readonly Condition[]): SQL {
  const parts = conditions.map((condition) => conditionSql(subjects[searched](condition), condition));
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `);
}

function conditionSql({ kind, expression }: Compared, { of, key, comparator, values }: Condition): SQL {
  const refused = (): Error => invalid(`${comparator} does not compare ${of} ${JSON.stringify(key.slice(0, 100))}, which is a ${kind}`);
  const [value] = values;
  switch (comparator) {
    case 'IS NULL':
      return sql`(${expression}) is null`;
    case 'IS NOT NULL':
      return sql`(${expression}) is not null`;
    case 'IN':
    case 'NOT IN': {
      if (kind !== 'text' || values.some((one) => typeof one !== 'string')) throw refused();
      const list = sql`${sql.param(values.map((one) => String(one)))}::text[]`;
      return comparator === 'IN' ? sql`(${expression}) = any(${list})` : sql`(${expression}) <> all(${list})`;
    }
    case 'LIKE':
    case 'ILIKE':
      if (kind !== 'text' || typeof value !== 'string') throw refused();
      // Without escapes, as in MLflow's language.
      return sql`(${expression}) ${sql.raw(comparator)} ${value} escape ''`;
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (kind === 'number') {
        const figure = typeof value === 'number' ? value : value === undefined ? Number.NaN : numberOf(value);
        if (figure === undefined)
          throw invalid(`${of} ${JSON.stringify(key.slice(0, 100))} is compared with a number, not with ${JSON.stringify(value)}`);
        return sql`(${expression}) ${sql.raw(comparator)} ${figure}::float8`;
      }
      if ((comparator !== '=' && comparator !== '!=') || typeof value !== 'string') throw refused();
      return sql`(${expression}) ${sql.raw(comparator)} ${value}`;
    }
  }
}

/** A number in quotes; undefined: it is none. */
function numberOf(given: string): number | undefined {
  const figure = given.trim() === '' ? Number.NaN : Number(given);
  return Number.isNaN(figure) ? undefined : figure;
}

/** An order as SQL, what is missing last. @throws MlflowFault */
export function orderSql(searched: Searched, orders: readonly Order[]): readonly SQL[] {
  return orders.map((order) => {
    const { expression } = subjects[searched](order);
    return sql`(${expression}) ${sql.raw(order.descending ? 'desc' : 'asc')} nulls last`;
  });
}
