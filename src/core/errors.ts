import { inspect } from 'node:util';
import { maskSecrets } from './mask-secrets.ts';

/**
 * The only error type: `code` is what went wrong, for scripts; `hint` is what to do about it. Expected outcomes (pruned, refused by a gate,
 * budget used up) are values, never errors.
 */

/** Every code, with the exit code of a command that fails with it (1 failed, 2 usage, 3 conflict, 4 unavailable). */
const exitCodes = {
  /** An invalid command line, query or request. */
  usage: 2,
  /** A study file that cannot be loaded, or a wrong definition. */
  study_invalid: 2,
  /** An invalid search space: low > high, a log scale that includes 0, ... */
  space_invalid: 2,
  /** Parameters that do not fit the space. */
  params_invalid: 2,
  /** Market data, or another input file, with invalid content. */
  data_invalid: 2,
  /** A configuration file that fails its schema. */
  config_invalid: 2,
  /** A model with tensors whose shapes do not fit together. */
  shape_invalid: 2,
  /** A study, trial, model, alias or data set that does not exist. */
  not_found: 2,
  /** The port is taken. */
  port_in_use: 2,
  /** Changed by another process first, or in a state that forbids the step. */
  conflict: 3,
  /** No longer in the state that the sender of a command saw. */
  changed: 3,
  /** The stored study's space differs from the file's. */
  space_changed: 3,
  /** The study's files are not the ones that were to run. */
  source_changed: 3,
  /** A promotion gate failed. */
  gate_refused: 3,
  /** The promotion ledger, or a table derived from it, was altered. */
  ledger_broken: 3,
  /** The lease expired or was taken over: this attempt may no longer write. */
  lease_lost: 3,
  /** The database role or the operating system's user lacks the right. */
  forbidden: 4,
  /** The database cannot be reached. */
  database_unavailable: 4,
  /** Writing would leave less than the reserve on the disk; nothing was written. */
  disk_full: 4,
  /** Another resource is not available: a device, a native library. */
  unavailable: 4,
  /** The trial's own code failed. */
  trial_failed: 1,
  /** A trainer, a program beside the platform, ended in the middle of its work. */
  trainer_died: 1,
  /** A trainer did not answer within its time limit. */
  trainer_silent: 1,
  /** A trainer said something that the protocol does not allow. */
  trainer_invalid: 1,
  /** Positions that depend on later bars. */
  look_ahead: 1,
  /** A number that must be finite is NaN or infinite. */
  not_finite: 1,
  /** A bug of assay. */
  internal: 1,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface ErrorDetails {
  /** What the user can do. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Where: a file, line, parameter or column. Shown before the message. */
  readonly place?: string;
}

/** The only error type. Passwords and keys in URLs are masked in all texts, which end up in logs, answers and the database. */
export class AssayError extends Error {
  override readonly name = 'AssayError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly place: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(maskSecrets(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint === undefined ? undefined : maskSecrets(details.hint);
    this.place = details.place === undefined ? undefined : maskSecrets(details.place);
  }
}

/** Returns a maker of errors that say where in the user's input something is wrong, and what to write instead. */
export function errorAt(code: ErrorCode): (place: string, message: string, hint: string) => AssayError {
  return (place, message, hint) => new AssayError(code, message, { place, hint });
}

/** Returns the process exit code for an error; 1 for any other than an AssayError. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AssayError ? exitCodes[error.code] : 1;
}

/** Returns a code received from another process if it is known, else (`ENOENT`, a native code) `trial_failed`. */
export function errorCodeOf(code: string): ErrorCode {
  return Object.hasOwn(exitCodes, code) ? (code as ErrorCode) : 'trial_failed';
}

/**
 * Returns the message of a thrown value, without stack and without secrets. For a failed query it is the database's message, without the
 * statement and its values.
 */
export function messageOf(error: unknown): string {
  if (isFailedQuery(error)) return messageOf(error.cause);
  return maskSecrets(plainTextOf(error));
}

function plainTextOf(error: unknown): string {
  if (typeof error === 'string') return error;
  if (!(error instanceof Error)) return inspect(error, { depth: 3, breakLength: Number.POSITIVE_INFINITY, customInspect: false });
  return String(error.message);
}

/** True for an error of the query builder: its own message is the SQL and its values. */
function isFailedQuery(error: unknown): error is Error {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return false;
  return error.message.startsWith('Failed query: ') || ('query' in error && 'params' in error);
}

/** For the default branch of a switch over a union: a missing case is a type error. */
export function assertNever(value: never): never {
  throw new AssayError('internal', `unexpected value: ${JSON.stringify(value)}`);
}
