import { type SQL, sql } from 'drizzle-orm';
import { AssayError } from '../../core/errors.ts';
import type { StudyRow } from './find.ts';
import { type TrialField, trialField } from './trial-fields.ts';

const comparison = /^([^<>=!\s]+)\s*(<=|>=|!=|<|>|=)\s*(.+)$/s;

const operators: Readonly<Record<string, SQL>> = {
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
  '=': sql`=`,
  /** A trial without the field differs too. */
  '!=': sql`is distinct from`,
};

/**
 * A filter such as `lr<1e-3` or `opt=adam and value<0.5` as a condition. The text is taken apart here; fields come from the list of
 * {@link trialField}, operators from the one above, values are bound.
 * @throws AssayError `usage` for what cannot be read.
 */
export function whereCondition(study: StudyRow, where: string): SQL {
  const parts = where.split(/\s+and\s+/i).map((part) => condition(study, part.trim()));
  return sql`(${sql.join(parts, sql` and `)})`;
}

function condition(study: StudyRow, text: string): SQL {
  const [, name, operator, value] = comparison.exec(text) ?? [];
  const compare = operator === undefined ? undefined : operators[operator];
  if (name === undefined || value === undefined || compare === undefined) {
    throw new AssayError('usage', `${JSON.stringify(text)} is no filter`, {
      place: 'where',
      hint: "write <field><operator><value> with <, <=, >, >=, = or !=, for example 'lr<1e-3' or 'opt=adam and value<0.5' (quoted in a shell)",
    });
  }
  const field = trialField(study, name, 'where');
  return sql`${field.expression} ${compare} ${bound(field, value)}`;
}

function bound({ name, kind }: TrialField, value: string): SQL {
  switch (kind) {
    case 'number': {
      const number = Number(value);
      if (Number.isNaN(number))
        throw new AssayError('usage', `${name} is a number, ${JSON.stringify(value)} is none`, {
          place: 'where',
          hint: 'for example value<0.5',
        });
      return sql`${number}::float8`;
    }
    case 'time': {
      const time = new Date(value);
      if (Number.isNaN(time.getTime()))
        throw new AssayError('usage', `${name} is a time, ${JSON.stringify(value)} is none`, {
          place: 'where',
          hint: 'for example startedAt>2026-01-31T12:00:00Z',
        });
      return sql`${time.toISOString()}::timestamptz`;
    }
    case 'text':
      return sql`${value}::text`;
  }
}
