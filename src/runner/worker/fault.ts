import { AssayError, messageOf } from '../../core/errors.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import type { Fault } from '../events.ts';

/** Returns an error as plain data; `internal` where neither the database nor the user's input caused it. */
export function faultOf(error: unknown): Fault {
  const fault = error instanceof AssayError ? error : databaseFault(error);
  // A worker takes no requests, so a value that the database rejects is a fault of the program.
  if (fault === undefined || (fault !== error && fault.code === 'usage')) return { code: 'internal', message: messageOf(error) };
  const { code, message, hint, place } = fault;
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(place === undefined ? {} : { place }) };
}
