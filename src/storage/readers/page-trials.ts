import { asc, eq, getTableColumns, gt, inArray, type SQL, sql } from 'drizzle-orm';
import type { TrialState } from '../../search/trial/trial.ts';
import type { Db } from '../database.ts';
import { trials } from '../schema/index.ts';
import type { TrialRow } from '../schema/rows.ts';
import { figuresOfTrials, withFigures } from './configurations.ts';
import { findStudy } from './find.ts';
import { checkLimit, decodeCursor, encodeCursor, type Page, type Position } from './page.ts';
import { type TrialItem, trialItem } from './trial-item.ts';
import { type TrialSort, trialSort } from './trial-sort.ts';
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
 * Reads one page of a study's trials. Trials without the sort key, or with NaN, come last in either direction, by number; ties are sorted
 * by number, in the direction of the sort. A cursor names the last item shown, so trials that arrive between pages shift nothing.
 * @throws AssayError `not_found` for the study, otherwise `usage`
 */
export async function pageTrials(db: Db, studyName: string, query: TrialQuery = {}): Promise<Page<TrialItem>> {
  const study = await findStudy(db, studyName);
  const limit = checkLimit(query.limit ?? 50);
  const sort = query.sort ?? 'number';
  const order = trialSort(study, sort);
  const states = query.state === undefined ? [] : [query.state].flat();
  const where = query.where === undefined ? [] : [query.where].flat();

  const identity = JSON.stringify([study.id, sort, states, where]);
  const filters = [...(states.length === 0 ? [] : [inArray(trials.state, states)]), ...where.map((text) => whereCondition(study, text))];
  const matches = sql.join([eq(trials.studyId, study.id), ...filters], sql` and `);
  const after = query.cursor === undefined ? null : decodeCursor(identity, query.cursor);
  const [rows, counted] = await Promise.all([
    readPage(db, order, matches, after, limit + 1),
    // Numbers are dense: without a filter there is nothing to count.
    filters.length === 0 ? { total: study.nextNumber } : countUpTo(db, matches, mostCounted),
  ]);
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const figures = await figuresOfTrials(
    db,
    study,
    items.map(({ trial }) => trial.number),
  );
  return {
    items: items.map(({ trial }) => withFigures(trialItem(study, trial), figures.get(trial.number))),
    next: last === undefined ? null : encodeCursor(identity, { key: last.key, number: last.trial.number }),
    ...counted,
  };
}

interface PageRow {
  readonly trial: TrialRow;
  /** As PostgreSQL prints it. */
  readonly key: string | null;
}

/** Trials with the key, then those without: each part sorted by an index, so no page reads more than it shows. */
async function readPage(db: Db, order: TrialSort, matches: SQL, after: Position | null, limit: number): Promise<readonly PageRow[]> {
  const { descending, joined, key, type, number, missing } = order;
  const present: PageRow[] = [];
  if (after === null || after.key !== null) {
    const behind =
      after === null ? sql`true` : sql`(${key}, ${number}) ${descending ? sql`<` : sql`>`} (${after.key}::${type}, ${after.number}::int)`;
    const direction = descending ? sql`desc` : sql`asc`;
    const rows = db
      .select({ trial: getTableColumns(trials), key: sql<string | null>`(${key})::text` })
      .from(trials)
      .$dynamic();
    present.push(
      ...(await (joined === null ? rows : rows.innerJoin(sql`trial_figures as metrics`, joined))
        .where(sql`${matches} and ${key} is not null and ${behind}`)
        .orderBy(sql`${key} ${direction}`, sql`${number} ${direction}`)
        .limit(limit)),
    );
  }
  if (present.length === limit) return present;
  const behind = after === null || after.key !== null ? sql`true` : gt(trials.number, after.number);
  const rest = await db
    .select()
    .from(trials)
    .where(sql`${matches} and ${missing} and ${behind}`)
    .orderBy(asc(trials.number))
    .limit(limit - present.length);
  return [...present, ...rest.map((trial) => ({ trial, key: null }))];
}

/** Above this, a filtered list says "more than". */
const mostCounted = 10_000;

async function countUpTo(db: Db, matches: SQL, most: number): Promise<Pick<Page<never>, 'total' | 'totalAtLeast'>> {
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from (select from trials where ${matches} limit ${most + 1}) as counted`,
  );
  const { count } = rows[0]!;
  return count > most ? { total: most, totalAtLeast: true } : { total: count };
}
