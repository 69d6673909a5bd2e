import { inspect } from 'node:util';
import { maskSecrets } from './mask-secrets.ts';

/**
 * The one error type. A `code` says what went wrong in a word scripts can match, a `hint` says what to do about it.
 * Expected outcomes (pruned, refused by a gate, budget used up) are values, never errors.
 */

/** Every code, with the exit code of a command that ends on it (1 failed, 2 usage, 3 conflict, 4 unavailable). */
const exitCodes = {
  /** A command line, query or request that does not fit. */
  usage: 2,
  /** A study file that cannot be loaded or whose definition is wrong. */
  study_invalid: 2,
  /** A search space that cannot be: low > high, a log scale over 0, ... */
  space_invalid: 2,
  /** Parameters that do not fit the space. */
  params_invalid: 2,
  /** Market data, or any input file, that does not hold what it should. */
  data_invalid: 2,
  /** A configuration file that fails its schema. */
  config_invalid: 2,
  /** Tensors whose shapes do not fit together: a model that cannot be. */
  shape_invalid: 2,
  /** A study, trial, model, alias or data set that does not exist. */
  not_found: 2,
  /** The port is taken. */
  port_in_use: 2,
  /** Somebody else changed it first, or its state forbids the step. */
  conflict: 3,
  /** It is not any more what the sender of an order saw. */
  changed: 3,
  /** The stored study's space differs from the file's. */
  space_changed: 3,
  /** The study's files are others than those that were to run. */
  source_changed: 3,
  /** A promotion gate said no. */
  gate_refused: 3,
  /** The ledger of promotions, or what follows from it, is not as it was written. */
  ledger_broken: 3,
  /** The lease ran out or was taken over: this attempt may not write any more. */
  lease_lost: 3,
  /** The database role, or the user of the system, may not do this. */
  forbidden: 4,
  /** The database cannot be reached. */
  database_unavailable: 4,
  /** Writing would leave less than the reserve on the disk; nothing was written. */
  disk_full: 4,
  /** Something else that is needed is out of reach: a device, a native library. */
  unavailable: 4,
  /** A trial's own code failed. */
  trial_failed: 1,
  /** A number that must be finite is NaN or infinite. */
  not_finite: 1,
  /** Our mistake. */
  internal: 1,
} as const;

export type ErrorCode = keyof typeof exitCodes;

export interface ErrorDetails {
  /** What the user can do now. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** Where: a file, line, parameter or column. Shown before the message. */
  readonly place?: string;
}

/** Passwords and keys in URLs are masked in all of its texts: they end up in logs, answers and the database. */
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

/** The process exit code for an error; anything that is not ours is 1. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AssayError ? exitCodes[error.code] : 1;
}

/** A code that came over a wire, if it is one of ours; any other (`ENOENT`, a native one) is a failed trial's. */
export function errorCodeOf(code: string): ErrorCode {
  return Object.hasOwn(exitCodes, code) ? (code as ErrorCode) : 'trial_failed';
}

/**
 * A plain message of whatever was thrown: no stack, no secret of a URL. Of a failed query it is what the database said, without the
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

/** An error of the query builder, whose own message is the SQL and its values. */
function isFailedQuery(error: unknown): error is Error {
  if (!(error instanceof Error) || !(error.cause instanceof Error)) return false;
  return error.message.startsWith('Failed query: ') || ('query' in error && 'params' in error);
}

/** For the default branch of a switch over a union: a missing case fails to typecheck. */
export function assertNever(value: never): never {
  throw new AssayError('internal', `unexpected value: ${JSON.stringify(value)}`);
}
