import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '../../../storage/database.ts';
import { invalid } from '../fault.ts';
import { tokenOf, type viewOf } from '../fields.ts';
import { parseFilter, parseOrder } from '../filter/parse.ts';
import { conditionsSql, orderSql, type Searched } from '../filter/to-sql.ts';
import { experimentJson, experimentRows, runJson, runRows } from './sources.ts';

export interface Search {
  readonly filter: string;
  readonly orderBy: readonly string[];
  readonly view: ReturnType<typeof viewOf>;
  readonly limit: number;
  readonly offset: number;
}

const mostOrders = 20;

/** Experiments as MLflow's JSON, the newest first unless an order is given. @throws MlflowFault */
export function searchExperiments(db: Db, search: Search): Promise<string> {
  const ties = [sql`experiment.created_at desc`, sql`experiment.id desc`];
  return page(db, search, {
    searched: 'experiment',
    key: 'experiments',
    rows: experimentRows,
    json: experimentJson,
    within: sql`true`,
    ties,
  });
}

/** Runs of experiments as MLflow's JSON, those that began last first unless an order is given. @throws MlflowFault */
export async function searchRuns(db: Db, experiments: readonly string[], search: Search): Promise<string> {
  const within = sql`run.study_id = any(array(select study_id from ${experimentRows} as experiment where study_id is not null
    and experiment.id = any(${sql.param(experiments)}::text[])))`;
  const ties = [sql`run.start_time desc nulls last`, sql`run.run_id`];
  return page(db, search, { searched: 'run', key: 'runs', rows: runRows, json: runJson, within, ties });
}

interface Source {
  readonly searched: Searched;
  /** Name of the list in the answer. */
  readonly key: string;
  readonly rows: SQL;
  readonly json: SQL;
  readonly within: SQL;
  readonly ties: readonly SQL[];
}

async function page(
  db: Db,
  { filter, orderBy, view, limit, offset }: Search,
  { searched, key, rows, json, within, ties }: Source,
): Promise<string> {
  if (orderBy.length > mostOrders) throw invalid(`order_by has more than ${mostOrders} entries`);
  const row = sql.raw(searched);
  const shown = { ACTIVE_ONLY: sql`${row}.deleted_at is null`, DELETED_ONLY: sql`${row}.deleted_at is not null`, ALL: sql`true` }[view];
  const order = sql.join([...orderSql(searched, orderBy.map(parseOrder)), ...ties], sql`, `);
  // Only what is on the page is made into JSON; one more tells whether there is a next one. Numbered only then: the order is computed once a run.
  const found = await db.execute<{ text: string }>(sql`
    select ${json}::text as text from (
      select ${row}.*, row_number() over () as place from (
        select ${row}.* from ${rows} as ${row}
        where ${within} and ${shown} and ${conditionsSql(searched, parseFilter(filter))} order by ${order} limit ${limit + 1} offset ${offset}
      ) as ${row}
    ) as ${row} order by place`);
  const texts = found.rows.slice(0, limit).map(({ text }) => text);
  const next = found.rows.length > limit ? `,"next_page_token":"${tokenOf(offset + limit)}"` : '';
  return `{"${key}":[${texts.join(',')}]${next}}`;
}
