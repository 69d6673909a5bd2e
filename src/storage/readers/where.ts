import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import { parseTime } from '../../core/time.ts';
import { writeValue } from '../../search/space/literal.ts';
import type { ChoiceValue } from '../../search/space/param.ts';
import { type Condition, type Operator, parseFilter } from '../../search/trial/filter.ts';
import type { StudyRow } from '../schema/rows.ts';
import { type TrialField, trialField } from './trial-fields.ts';

const symbols: Readonly<Record<Operator, SQL>> = {
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '=': sql`=`,
  /** Trials without the field differ, too. */
  '!=': sql`is distinct from`,
};

/**
 * Returns a filter such as `lr<1e-3` or `opt=adam and value<0.5` (the language of `parseFilter`) as a condition. Fields come from {@link
 * trialField}, operators from the table above, values are bound.
 * @throws AssayError `usage` for syntax errors, and for a value of a type that the field never has
 */
export function whereCondition(study: StudyRow, where: string): SQL {
  const parts = parseFilter(where).map((condition) => compile(trialField(study, condition.name, 'where'), condition));
  return sql`(${sql.join(parts, sql` and `)})`;
}

function compile(field: TrialField, condition: Condition): SQL {
  const { expression, kind } = field;
  const { operator, value } = condition;
  if (value === null && kind !== 'choice') return whetherMissing(field, operator);
  switch (kind) {
    case 'number':
      return sql`${expression} ${symbols[operator]} ${numberOf(field, condition)}::float8`;
    case 'time':
      return sql`${expression} ${symbols[operator]} ${timeOf(field, condition).toISOString()}::timestamptz`;
    case 'text':
      if (field.choices?.includes(condition.text) === false) throw notAmong(field, condition, field.choices);
      return sql`${expression} ${symbols[operator]} ${condition.text}::text`;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(field, condition, 'is true or false', `${field.name}=true`);
      refuseOrder(field, operator, value);
      return sql`${expression} ${symbols[operator]} ${value}::boolean`;
    case 'choice':
      return compileChoice(field, condition);
  }
}

/** `null` matches a missing field. */
function whetherMissing(field: TrialField, operator: Operator): SQL {
  refuseOrder(field, operator, null);
  return operator === '=' ? sql`${field.expression} is null` : sql`${field.expression} is not null`;
}

function numberOf(field: TrialField, condition: Condition): number {
  const { value, text, quoted } = condition;
  if (typeof value === 'number') return value;
  if (!quoted && /^[+-]?Infinity$/.test(text)) return Number(text);
  throw wrongType(field, condition, 'is a number', 'value<0.5');
}

function timeOf(field: TrialField, condition: Condition): Date {
  const time = parseTime(condition.text);
  if (time !== null) return time;
  throw wrongType(
    field,
    condition,
    'is a time',
    'startedAt>2026-01-31T12:00:00Z, or 2026-01-31 for the beginning of that day; UTC unless it says +02:00',
  );
}

/** Compares numbers with numbers and texts with texts. */
function compileChoice(field: TrialField, condition: Condition): SQL {
  const { choices = [], expression } = field;
  const { operator, value } = condition;
  // For a choice without null, null means that the parameter does not exist.
  if (value === null && !choices.includes(null)) return whetherMissing(field, operator);
  if (!choices.some((choice) => typeOf(choice) === typeOf(value))) throw notAmong(field, condition, choices);
  if (value === null || typeof value === 'boolean') refuseOrder(field, operator, value);
  const compared = comparedWith(expression, value, symbols[operator === '!=' ? '=' : operator]);
  const holds = sql`(case when json_typeof(${expression}) = ${typeOf(value)} then ${compared} else false end)`;
  return operator === '!=' ? sql`not ${holds}` : holds;
}

function comparedWith(json: SQL, value: ChoiceValue, symbol: SQL): SQL {
  if (value === null) return sql`true`;
  const text = sql`(${json} #>> '{}')`;
  return typeof value === 'number'
    ? sql`${text}::float8 ${symbol} ${value}::float8`
    : sql`${text} collate "C" ${symbol} ${String(value)}::text`;
}

/** Type names of `json_typeof`. */
function typeOf(value: ChoiceValue): string {
  return value === null ? 'null' : typeof value;
}

function refuseOrder({ name }: TrialField, operator: Operator, value: null | boolean): void {
  if (operator === '=' || operator === '!=') return;
  throw new AssayError('usage', `${value} cannot be compared by size`, {
    place: 'where',
    hint: `write ${name}=${value} or ${name}!=${value}`,
  });
}

function notAmong(field: TrialField, condition: Condition, choices: readonly ChoiceValue[]): AssayError {
  return wrongType(field, condition, `is one of ${choices.map(writeValue).join(', ')}`, `${field.name}=${writeValue(choices[0] ?? null)}`);
}

function wrongType({ name }: TrialField, { value }: Condition, takes: string, example: string): AssayError {
  const written = typeof value === 'string' ? JSON.stringify(value) : writeValue(value);
  return new AssayError('usage', `${name} ${takes}, not ${written}`, { place: 'where', hint: `for example ${example}` });
}
