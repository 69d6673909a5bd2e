import { and, asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import { findStudy } from './find.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page, type Position } from './page.ts';
import { type TrialField, trialField } from './trial-fields.ts';
import { type TrialItem, trialItem } from './trial-item.ts';
import { whereCondition } from './where.ts';

export interface TrialQuery {
  readonly state?: TrialState | readonly TrialState[] | undefined;
  /** `lr<1e-3`, `opt=adam and value<0.5`; several are joined by and. */
  readonly where?: string | readonly string[] | undefined;
  /** A field of {@link trialField}, with a minus in front for descending. Default `number`. */
  readonly sort?: string | undefined;
  /** 1 to 200, default 50. */
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/**
 * One page of a study's trials. Trials without the sorted figure, or with NaN there, come last in either direction; ties are in the
 * order of their numbers. A page goes on behind the last item it showed, so trials that arrive meanwhile shift nothing.
 * @throws AssayError `not_found` for the study, `usage` for the rest.
 */
export async function pageTrials(db: Db, studyName: string, query: TrialQuery = {}): Promise<Page<TrialItem>> {
  const study = await findStudy(db, studyName);
  const limit = checkLimit(query.limit ?? 50);
  const sort = query.sort ?? 'number';
  const descending = sort.startsWith('-');
  const field = trialField(study, descending ? sort.slice(1) : sort, 'sort');
  const states = query.state === undefined ? [] : [query.state].flat();
  const where = query.where === undefined ? [] : [query.where].flat();

  const identity = JSON.stringify([study.id, sort, states, where]);
  const matches = and(
    eq(trials.studyId, study.id),
    states.length === 0 ? undefined : inArray(trials.state, states),
    ...where.map((text) => whereCondition(study, text)),
  );
  const after = query.cursor === undefined ? undefined : behind(field, descending, decodeCursor(identity, query.cursor));
  const order = descending ? sql`${field.expression} desc nulls last` : sql`${field.expression} asc nulls last`;
  const [rows, total] = await Promise.all([
    db
      .select({ ...getTableColumns(trials), key: sql<string | null>`(${field.expression})::text` })
      .from(trials)
      .where(and(matches, after))
      .orderBy(order, asc(trials.number))
      .limit(limit + 1),
    db.$count(trials, matches),
  ]);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  return {
    items: items.map((row) => trialItem(study, row)),
    next: last === undefined ? null : encodeCursor(identity, { key: last.key, number: last.number }),
    total,
  };
}

function behind({ expression, kind }: TrialField, descending: boolean, { key, number }: Position): SQL {
  if (key === null) return sql`(${expression} is null and ${trials.number} > ${number})`;
  const types = { number: sql`float8`, text: sql`text`, time: sql`timestamptz` };
  const value = sql`${key}::${types[kind]}`;
  const further = descending ? sql`${expression} < ${value}` : sql`${expression} > ${value}`;
  return sql`(${further} or (${expression} = ${value} and ${trials.number} > ${number}) or ${expression} is null)`;
}
