import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { AssayError } from '../core/errors.ts';
import { isConnectionLoss, rootOf } from './connection-loss.ts';

/** SQLSTATE classes of a server that cannot serve: connection lost, resources used up, shut down by an operator, broken disk. */
const unreachableClasses = new Set(['08', '53', '57', '58']);

/** Coded error for a failed query or a session that was not available (undefined: a programming error). */
export function databaseFault(error: unknown): AssayError | undefined {
  const cause = rootOf(error);
  if (!(cause instanceof pg.DatabaseError)) {
    // Errors of the driver and the socket: the query was not answered. A missing file has the same code ENOENT as a missing socket.
    const ofFile = cause instanceof Error && 'path' in cause;
    return error instanceof DrizzleQueryError || (isConnectionLoss(cause) && !ofFile) ? unavailable(cause) : undefined;
  }
  const { code: sqlState = '' } = cause;
  if (sqlState === '42501')
    return new AssayError('forbidden', `the database role lacks the right: ${cause.message}`, {
      hint: 'use a role that has it (DATABASE_URL), or see `assay db grant --help`',
      cause: error,
    });
  if (unreachableClasses.has(sqlState.slice(0, 2))) return unavailable(cause);
  // Class 22, data exceptions. Input is checked before; only a cursor edited by hand gets here.
  if (error instanceof DrizzleQueryError && sqlState.startsWith('22'))
    return new AssayError('usage', `the database cannot take a value of this request: ${cause.message}`, {
      hint: 'was a cursor written or changed by hand? Start without one',
      cause: error,
    });
  return undefined;
}

/** True if an error came from the database or the connection, not from processing its answers. */
export function isOfDatabase(error: unknown): boolean {
  return rootOf(error) instanceof pg.DatabaseError || databaseFault(error) !== undefined;
}

function unavailable(cause: unknown): AssayError {
  return new AssayError('database_unavailable', 'the database does not answer', {
    hint: 'try again in a moment; `assay db status` says more',
    cause,
  });
}
