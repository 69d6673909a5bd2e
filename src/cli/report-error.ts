import type { CommanderError } from 'commander';
import { AssayError, messageOf } from '../core/errors.ts';
import { withoutStack } from '../core/stack.ts';
import type { Io } from './io.ts';

/** What `--json` prints on stdout where a command ends with an error before its own document. */
export interface ErrorDocument {
  readonly error: {
    /** An `ErrorCode`; `internal` for every error that is not an AssayError. */
    readonly code: string;
    readonly message: string;
    readonly place: string | null;
    readonly hint: string | null;
  };
}

/** Returns the same Io, and whether anything was written to its `out`. */
export function watchedOut(io: Io): { readonly io: Io; readonly hasWritten: () => boolean } {
  let written = false;
  const write = (text: string): void => {
    written = true;
    io.out.write(text);
  };
  return { io: { ...io, out: { ...io.out, write } }, hasWritten: () => written };
}

/** What the database refused is said in our own words, as the API does. Loaded only then: the driver is slow to load. */
export async function knownError(error: unknown): Promise<unknown> {
  if (error instanceof AssayError) return error;
  const { databaseFault } = await import('../storage/database-fault.ts');
  return databaseFault(error) ?? error;
}

/** One error in lines for people; its stack, and the SQL of a failed query, only in the log of `--log json`. */
export function reportError(io: Io, error: unknown): void {
  if (io.log !== undefined) {
    io.log.fault(error);
    return;
  }
  const { message, place, hint } = documentOf(error).error;
  const line = (what: string, text: string): void => io.err.write(`${what}: ${withoutStack(text).trimEnd()}\n`);
  line('error', `${place === null ? '' : `${place}: `}${message}`);
  const cause = error instanceof AssayError && error.cause !== undefined ? messageOf(error.cause) : '';
  if (cause !== '' && !message.includes(cause)) line('cause', cause);
  if (hint !== null) line('hint', hint);
}

/** The document of an error of a command. */
export function documentOf(error: unknown): ErrorDocument {
  if (error instanceof AssayError)
    return { error: { code: error.code, message: error.message, place: error.place ?? null, hint: error.hint ?? null } };
  const hint = 'this is a fault of assay or of the machine; the same command with --log json shows where it happened';
  return { error: { code: 'internal', message: withoutStack(messageOf(error)).trimEnd(), place: null, hint } };
}

export const usageHint = 'see `assay --help` or `assay <command> --help`';

/** The error of a command line that commander refused, which has said so on stderr. */
export function usageErrorOf({ code, message }: CommanderError): AssayError {
  const text = code === 'commander.help' ? 'no command is given' : message.replace(/^error: /, '').replaceAll('\n', ' ');
  return new AssayError('usage', text, { hint: usageHint });
}
