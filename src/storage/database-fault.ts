import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import { AssayError } from '../core/errors.ts';

/** SQLSTATE classes for a server that is out of reach: connection lost, resources used up, shut down by an operator, broken disk. */
const unreachableClasses = new Set(['08', '53', '57', '58']);

/** What a failed query means to who asked; undefined for a mistake of ours. */
export function databaseFault(error: unknown): AssayError | undefined {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  if (cause instanceof pg.DatabaseError && cause.code === '42501')
    return new AssayError('forbidden', `this role of the database may not do that: ${cause.message}`, {
      hint: 'use a role that may (DATABASE_URL), or see `assay db grant --help`',
      cause: error,
    });
  if (!(error instanceof DrizzleQueryError)) return undefined;
  // Errors of the driver itself and of the socket: the query never got an answer.
  if (!(cause instanceof pg.DatabaseError)) return unavailable(error);
  const sqlState = (cause.code ?? '').slice(0, 2);
  if (unreachableClasses.has(sqlState)) return unavailable(error);
  // Class 22, data exceptions: all data in our read-only queries comes from the request, for example a cursor that somebody wrote by hand.
  if (sqlState === '22')
    return new AssayError('usage', 'the database cannot read a value of this request', {
      hint: 'check the cursor and the filters',
      cause: error,
    });
  return undefined;
}

function unavailable(cause: DrizzleQueryError): AssayError {
  return new AssayError('database_unavailable', 'the database does not answer', {
    hint: 'try again in a moment; `assay db status` says more',
    cause,
  });
}
