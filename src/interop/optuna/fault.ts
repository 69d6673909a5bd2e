import { status } from '@grpc/grpc-js';
import { AssayError } from '../../core/errors.ts';
import { databaseFault } from '../../storage/database-fault.ts';
import type { ForeignKind } from '../../storage/schema/studies.ts';

/**
 * An answer that is no result. Optuna's client turns NOT_FOUND into KeyError, ALREADY_EXISTS into DuplicatedStudyError, FAILED_PRECONDITION into
 * UpdateFinishedTrialError, INVALID_ARGUMENT into ValueError, and shows its user the text of any other.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: status;

  constructor(code: status, message: string, hint?: string) {
    super(hint === undefined ? message : `${message}. ${hint}`);
    this.code = code;
  }
}

export const invalid = (message: string, hint?: string): Fault => new Fault(status.INVALID_ARGUMENT, message, hint);

export const noStudy = (id: string | number): Fault => new Fault(status.NOT_FOUND, `there is no study with the id ${id}`);

export const noTrial = (id: string): Fault => new Fault(status.NOT_FOUND, `there is no trial with the id ${id}`);

export const finished = (id: string): Fault => new Fault(status.FAILED_PRECONDITION, `trial ${id} has ended and does not change any more`);

/** A study or trial that Optuna's clients may read and not write. @param kind whose it is (null: Assay's own) */
export const readOnly = (kind: ForeignKind | null): Fault =>
  new Fault(
    status.FAILED_PRECONDITION,
    `this study belongs to ${kind ?? 'Assay'}: Optuna may read it and not write it`,
    kind === null ? 'Run it with `assay run`, or search in a study of another name' : 'Search in a study of another name',
  );

const statuses: ReadonlyMap<string, status> = new Map([
  ['database_unavailable', status.UNAVAILABLE],
  ['forbidden', status.PERMISSION_DENIED],
  ['conflict', status.FAILED_PRECONDITION],
]);

/** What a thrown value is to the client; undefined: a bug, or a fault of the server that it does not explain. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  const known = error instanceof AssayError ? error : databaseFault(error);
  if (known === undefined) return undefined;
  if (known.code === 'usage') return invalid('the database cannot store a value of this request');
  return new Fault(statuses.get(known.code) ?? status.INTERNAL, known.message, known.hint);
}
