import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';
import { AssayError, messageOf } from '../core/errors.ts';
import { packageRoot } from '../core/package-root.ts';
import { migrationAnswerMs, withAnswerLimit } from './answer-limit.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { Database } from './database.ts';
import { databaseFault } from './database-fault.ts';

/** Folder of the migrations that drizzle-kit writes. */
const packagedMigrations = join(packageRoot, 'migrations');

/**
 * Advisory lock of migrations. drizzle's `migrate()` takes none: of three processes that start at once on an empty database two fail (23505
 * on pg_type).
 */
const migrationLock = 0x6d_69_67_72_61_74;

/** A migration as drizzle identifies it: by the SHA-256 of its text. */
interface Migration {
  readonly hash: string;
}

/**
 * Migrates the schema to the newest version. Safe to call from any number of processes at once; one query if there is nothing to do.
 *
 * @throws AssayError `conflict` if the database was migrated by a newer or another version of the code; nothing is changed then
 */
export async function migrate({ pool }: Pick<Database, 'pool'>, folder = packagedMigrations): Promise<void> {
  const files: readonly Migration[] = existsSync(join(folder, 'meta', '_journal.json'))
    ? readMigrationFiles({ migrationsFolder: folder })
    : [];
  if (isCurrent(files, await appliedMigrations(pool).catch(refused))) return;
  return withAnswerLimit(migrationAnswerMs, () => applyAlone(pool, files, folder));
}

async function applyAlone(pool: pg.Pool, files: readonly Migration[], folder: string): Promise<void> {
  const client = await pool.connect();
  try {
    // The lock ends with the transaction, so it also works behind a pooler. drizzle's `begin` inside only warns; its `commit` ends the
    // transaction.
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [migrationLock]);
    // If another process migrated while this one waited for the lock, drizzle finds nothing to apply.
    if (await wasMigrated(client)) isCurrent(files, await appliedMigrations(client));
    await applyMigrations(drizzle(client), { migrationsFolder: folder });
    await client.query('commit');
    client.release();
  } catch (error) {
    // Closes the session, which releases the lock.
    client.release(true);
    return refused(error);
  }
}

function refused(error: unknown): never {
  if (error instanceof AssayError) throw error;
  if (isConnectionLoss(error)) throw databaseFault(error) ?? error;
  throw new AssayError('database_unavailable', `the schema cannot be migrated: ${messageOf((error as Error).cause ?? error)}`, {
    hint: 'the user of DATABASE_URL needs the right to create schemas and tables in this database',
    cause: error,
  });
}

/** Reads the applied migrations in a savepoint, as a query of a missing table ends the transaction. */
async function wasMigrated(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>("select to_regclass('drizzle.__drizzle_migrations') is not null as exists");
  return rows[0]?.exists === true;
}

async function appliedMigrations(client: pg.Pool | pg.PoolClient): Promise<readonly Migration[]> {
  try {
    const { rows } = await client.query<Migration>('select hash from drizzle.__drizzle_migrations order by created_at, id');
    return rows;
  } catch (error) {
    // undefined_table: no migration was ever applied.
    if ((error as { code?: unknown }).code === '42P01') return [];
    throw error;
  }
}

/** True if all are applied, false if some are missing; the applied ones must equal the first files. */
function isCurrent(files: readonly Migration[], applied: readonly Migration[]): boolean {
  const strange = applied.findIndex(({ hash }, index) => files[index]?.hash !== hash);
  if (strange === -1) return applied.length === files.length;
  if (strange >= files.length) {
    throw new AssayError('conflict', `the database has ${applied.length} migrations, this version of assay knows ${files.length}`, {
      hint: 'it was opened by a newer version: update this one, or use another database',
    });
  }
  throw new AssayError('conflict', `migration ${strange + 1} in the database differs from this version's`, {
    hint: 'it was made by another branch of the code: use another database (DATABASE_URL or ASSAY_DATA_DIR)',
  });
}
