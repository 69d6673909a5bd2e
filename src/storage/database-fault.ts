import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import { isConnectionLoss, rootOf } from './connection-loss.ts';

/** SQLSTATE classes for a server that is out of reach: connection lost, resources used up, shut down by an operator, broken disk. */
const unreachableClasses = new Set(['08', '53', '57', '58']);

/** What a failed query, or a session that could not be had, means to who asked; undefined for a mistake of ours. */
export function databaseFault(error: unknown): AssayError | undefined {
  const cause = rootOf(error);
  if (!(cause instanceof pg.DatabaseError)) {
    // Errors of the driver itself and of the socket: the query never got an answer. A file that is not there says ENOENT as a socket does.
    const ofFile = cause instanceof Error && 'path' in cause;
    return error instanceof DrizzleQueryError || (isConnectionLoss(cause) && !ofFile) ? unavailable(cause) : undefined;
  }
  const { code: sqlState = '' } = cause;
  if (sqlState === '42501')
    return new AssayError('forbidden', `this role of the database may not do that: ${cause.message}`, {
      hint: 'use a role that may (DATABASE_URL), or see `assay db grant --help`',
      cause: error,
    });
  if (unreachableClasses.has(sqlState.slice(0, 2))) return unavailable(cause);
  // Class 22, data exceptions. What comes from outside is checked before; what is left is a cursor that somebody wrote by hand.
  if (error instanceof DrizzleQueryError && sqlState.startsWith('22'))
    return new AssayError('usage', `the database cannot take a value of this request: ${cause.message}`, {
      hint: 'was a cursor written or changed by hand? Start without one',
      cause: error,
    });
  return undefined;
}

/** Whether an error came from the database or on the way to it, and not out of what is done with its answers. */
export function isOfDatabase(error: unknown): boolean {
  return rootOf(error) instanceof pg.DatabaseError || databaseFault(error) !== undefined;
}

function unavailable(cause: unknown): AssayError {
  return new AssayError('database_unavailable', 'the database does not answer', {
    hint: 'try again in a moment; `assay db status` says more',
    cause,
  });
}
