import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import * as schema from './schema/index.ts';

/** `worker`: runs trials of studies that others opened, and promotes nothing. `reader`: looks at everything, changes nothing. */
export type GrantKind = 'worker' | 'reader';

/** What a kind of user may do with a table beyond reading it: whole rows in or out, and which columns of a row that is there. */
interface Rights {
  readonly insert?: true;
  readonly delete?: true;
  readonly update?: readonly PgColumn[];
}

/**
 * What work on trials writes: rows of its own, and of rows that are there what a verb changes. Triggers see to it that what an ended attempt
 * said stays. Of a study only what counts its trials, never its budget, its standing or where its code is; evidence, models, the ledger and
 * what triggers write (`trial_figures`) are only read.
 */
const rightsOfWorkers: readonly (readonly [PgTable, Rights])[] = [
  [
    schema.studies,
    {
      update: columnsOf(schema.studies, [
        'revision',
        'nextNumber',
        'cancelledTrials',
        'prunedTrials',
        'failedTrials',
        'endedBecause',
        'updatedAt',
      ]),
    },
  ],
  [
    schema.trials,
    {
      insert: true,
      update: columnsOf(schema.trials, [
        'state',
        'attempt',
        'revision',
        'worker',
        'startedAt',
        'leaseToken',
        'leaseMs',
        'leaseExpiresAt',
        'cancelRequestedBy',
        'pauseRequestedBy',
        'lastStep',
        'lastValue',
        'pausedBy',
        'finishedAt',
        'value',
        'values',
        'constraints',
        'metricNames',
        'metricValues',
        'atStep',
        'reason',
        'error',
        'cancelledBy',
      ]),
    },
  ],
  [
    schema.attempts,
    {
      insert: true,
      update: columnsOf(schema.attempts, [
        'sourceHash',
        'packagesHash',
        'ranOn',
        'endedAt',
        'ending',
        'resumedStep',
        'inheritedStep',
        'note',
      ]),
    },
  ],
  [schema.reports, { insert: true }],
  // Binding a name once more writes the same row again.
  [schema.studyData, { insert: true, update: columnsOf(schema.studyData, ['hash']) }],
  [schema.attemptData, { insert: true, update: columnsOf(schema.attemptData, ['searchedUntil']) }],
  [schema.trialArtifacts, { insert: true, update: columnsOf(schema.trialArtifacts, ['hash', 'attachedAt']) }],
  // Given up by workers themselves: a checkpoint that a newer one or the end of its trial takes the place of.
  [schema.checkpoints, { insert: true, delete: true, update: columnsOf(schema.checkpoints, ['attempt', 'step', 'hash', 'madeAt']) }],
  [schema.artifacts, { insert: true, delete: true }],
];

function columnsOf<Table extends PgTable>(table: Table, names: readonly (keyof Table['_']['columns'] & string)[]): readonly PgColumn[] {
  return Object.entries(getTableColumns(table)).flatMap(([name, column]) => (names.includes(name) ? [column] : []));
}

/**
 * Give a role of the database what a kind of user needs, and take everything else on these tables from it. To be repeated after
 * each migration.
 * @throws AssayError `not_found` for a role that does not exist, `forbidden` when the caller does not own the tables.
 */
export async function grantTo(pool: pg.Pool, role: string, kind: GrantKind): Promise<void> {
  const { rowCount } = await pool.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0)
    throw new AssayError('not_found', `the database has no role ${role}`, {
      hint: `create it first: create role ${pg.escapeIdentifier(role)} login password '...'`,
    });
  const to = pg.escapeIdentifier(role);
  const tables = Object.values(schema).flatMap((value) => (is(value, PgTable) ? [getTableName(value)] : []));
  const list = (names: readonly string[]): string => names.map((name) => pg.escapeIdentifier(name)).join(', ');
  const statements = [
    `revoke all on ${list(tables)} from ${to}`,
    `grant usage on schema public, drizzle to ${to}`,
    `grant select on ${list(tables)}, drizzle.__drizzle_migrations to ${to}`,
    ...(kind === 'worker' ? rightsOfWorkers : []).map(([table, { insert, delete: remove, update = [] }]) => {
      const columns = update.length === 0 ? [] : [`update (${list(update.map(({ name }) => name))})`];
      const rights = [...(insert ? ['insert'] : []), ...(remove ? ['delete'] : []), ...columns];
      return `grant ${rights.join(', ')} on ${list([getTableName(table)])} to ${to}`;
    }),
  ];
  // One string is one transaction: all of it or nothing.
  await pool.query(statements.join(';\n'));
}
