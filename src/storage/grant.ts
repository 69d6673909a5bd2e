import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { type PgColumn, PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import * as schema from './schema/index.ts';

/** `worker`: runs trials of studies that others opened, promotes nothing. `reader`: reads everything, changes nothing. */
export type GrantKind = 'worker' | 'reader';

/** Rights of a role on a table beyond reading it: inserting or deleting rows, and the columns that it may update. */
interface Rights {
  /** true: whole rows, else only with these columns. */
  readonly insert?: true | readonly PgColumn[];
  readonly delete?: true;
  readonly update?: readonly PgColumn[];
}

/**
 * Rights of a worker: inserting rows of its trials and updating the columns that verbs change. Triggers protect the rows of ended attempts.
 * Of a study only its counters of trials, never its budget, desired state or source; evidence, models, the ledger and rows written by
 * triggers (`trial_figures`) are only read.
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
        'noiseVariance',
        'noiseSeeds',
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
        'expectedValue',
        'expectedSd',
      ]),
    },
  ],
  [schema.reports, { insert: true }],
  [schema.trialReturns, { insert: true }],
  // Binding a name again updates the row without a change.
  [schema.studyData, { insert: true, update: columnsOf(schema.studyData, ['hash']) }],
  [schema.attemptData, { insert: true, update: columnsOf(schema.attemptData, ['searchedUntil', 'withheldFrom']) }],
  // What sessions are only adds to what counts; the place in their order is the database's.
  [schema.dataDays, { insert: columnsOf(schema.dataDays, ['dataHash', 'startsAt', 'barsHash']) }],
  [schema.trialArtifacts, { insert: true, update: columnsOf(schema.trialArtifacts, ['hash', 'attachedAt']) }],
  // Workers delete checkpoints that a newer one or the end of the trial replaces.
  [schema.checkpoints, { insert: true, delete: true, update: columnsOf(schema.checkpoints, ['attempt', 'step', 'hash', 'madeAt']) }],
  [schema.artifacts, { insert: true, delete: true }],
  // The engine of a live run is a worker: it writes what happened and takes persons' commands, which it cannot give.
  [
    schema.liveRuns,
    { insert: true, update: columnsOf(schema.liveRuns, ['leaseToken', 'leaseExpiresAt', 'holder', 'endedAt', 'endedBecause']) },
  ],
  [
    schema.liveState,
    { insert: true, update: columnsOf(schema.liveState, ['latch', 'navMicros', 'positions', 'time', 'reconciled', 'updatedAt']) },
  ],
  ...[
    schema.liveOrders,
    schema.liveOrderEvents,
    schema.liveFills,
    schema.liveDecisions,
    schema.liveNavs,
    schema.liveRiskEvents,
    schema.liveIncidents,
  ].map((table): readonly [PgTable, Rights] => [table, { insert: true }]),
  [schema.liveCommands, { update: columnsOf(schema.liveCommands, ['takenAt', 'outcome']) }],
];

function columnsOf<Table extends PgTable>(table: Table, names: readonly (keyof Table['_']['columns'] & string)[]): readonly PgColumn[] {
  return Object.entries(getTableColumns(table)).flatMap(([name, column]) => (names.includes(name) ? [column] : []));
}

/**
 * Grants a database role the rights of a kind of user and revokes all others on these tables. To be repeated after each migration.
 * @throws AssayError `not_found` for a role that does not exist, `forbidden` if the caller does not own the tables
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
    ...(kind === 'worker' ? rightsOfWorkers : []).map(([table, { insert = [], delete: remove, update = [] }]) => {
      const of = (right: string, columns: readonly PgColumn[]): readonly string[] =>
        columns.length === 0 ? [] : [`${right} (${list(columns.map(({ name }) => name))})`];
      const inserts = insert === true ? ['insert'] : of('insert', insert);
      const rights = [...inserts, ...(remove ? ['delete'] : []), ...of('update', update)];
      return `grant ${rights.join(', ')} on ${list([getTableName(table)])} to ${to}`;
    }),
  ];
  // One string is one transaction.
  await pool.query(statements.join(';\n'));
}
