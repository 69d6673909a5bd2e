import { AssayError, messageOf } from '../../core/errors.ts';
import { callerIn } from '../../core/stack.ts';
import type { TrialFailure } from '../../search/trial/trial.ts';

/**
 * An exception as data. Structured clone would drop an error's own properties, so this is done on the side that caught
 * it: `code` is kept where there is one, and the first line of the stack that lies in the user's files is named.
 */
export function failureOf(error: unknown): TrialFailure {
  const code = codeOf(error) ?? 'trial_failed';
  const place = error instanceof AssayError ? error.place : placeOf(error);
  const message = place === undefined ? messageOf(error) : `${messageOf(error)} (${place})`;
  const hint = error instanceof AssayError ? error.hint : undefined;
  return hint === undefined ? { code, message } : { code, message, hint };
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function placeOf(error: unknown): string | undefined {
  return error instanceof Error ? callerIn(error.stack) : undefined;
}
