import { getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import * as schema from './schema/index.ts';

/** `worker`: runs trials of studies that others opened, and promotes nothing. `reader`: looks at everything, changes nothing. */
export type GrantKind = 'worker' | 'reader';

/** What only people and their commands write: studies (a worker only counts in them), evidence, models, the ledger. */
const closedToWorkers: ReadonlySet<string> = new Set(
  [
    schema.studies,
    schema.validations,
    schema.validationTrials,
    schema.validationFolds,
    schema.judgements,
    schema.models,
    schema.modelVersions,
    schema.aliases,
    schema.promotions,
  ].map(getTableName),
);

/** What of a study the work on it changes: never its budget, its standing or where its code is. */
const countedByWorkers = [
  schema.studies.revision,
  schema.studies.nextNumber,
  schema.studies.cancelledTrials,
  schema.studies.prunedTrials,
  schema.studies.failedTrials,
  schema.studies.endedBecause,
  schema.studies.updatedAt,
].map(({ name }) => name);

/** What a worker gives up by itself: a checkpoint that a newer one or the end of its trial takes the place of. */
const givenUpByWorkers = [schema.checkpoints, schema.artifacts].map(getTableName);

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
  const open = kind === 'worker' ? tables.filter((table) => !closedToWorkers.has(table)) : [];
  const list = (names: readonly string[]): string => names.map((name) => pg.escapeIdentifier(name)).join(', ');
  const statements = [
    `revoke all on ${list(tables)} from ${to}`,
    `grant usage on schema public, drizzle to ${to}`,
    `grant select on ${list(tables)}, drizzle.__drizzle_migrations to ${to}`,
    ...(kind === 'worker'
      ? [
          `grant insert, update on ${list(open)} to ${to}`,
          `grant update (${list(countedByWorkers)}) on ${list([getTableName(schema.studies)])} to ${to}`,
          `grant delete on ${list(givenUpByWorkers)} to ${to}`,
        ]
      : []),
  ];
  // One string is one transaction: all of it or nothing.
  await pool.query(statements.join(';\n'));
}
