import { AssayError, messageOf } from '../../core/errors.ts';
import { callerIn } from '../../core/stack.ts';
import { longestText, shortened } from '../../core/text.ts';
import { storableFailure, type TrialFailure } from '../../search/trial/trial.ts';
import type { HostLink } from './host-link.ts';
import type { TrialTask } from './protocol.ts';

/**
 * Converts an exception to plain data where it is caught, because structured clone drops an error's own properties.
 * Keeps its `code`, if any, and adds the first line of the stack that lies in the user's files.
 */
export function failureOf(error: unknown): TrialFailure {
  const place = error instanceof AssayError ? error.place : placeOf(error);
  const where = place === undefined ? '' : ` (${place})`;
  // A long message is cut before the place.
  const message = `${shortened(messageOf(error), longestText - where.length)}${where}`;
  const hint = error instanceof AssayError ? error.hint : undefined;
  return storableFailure({ code: codeOf(error) ?? 'trial_failed', message, ...(hint !== undefined && { hint }) });
}

/** Stores a message that is too long for a failure as the trial's artifact `log`. */
export async function keepLog({ address }: TrialTask, error: unknown, link: HostLink): Promise<void> {
  const text = messageOf(error);
  if (text.length <= longestText) return;
  try {
    await link.call({ kind: 'artifact', role: 'log', bytes: Buffer.from(text) });
  } catch (cause) {
    await link.call({ kind: 'warn', text: `${address}: its error of ${text.length} characters is not kept whole: ${messageOf(cause)}` });
  }
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function placeOf(error: unknown): string | undefined {
  return error instanceof Error ? callerIn(error.stack) : undefined;
}
