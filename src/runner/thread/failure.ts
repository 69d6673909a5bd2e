import { AssayError, messageOf } from '../../core/errors.ts';
import { callerIn } from '../../core/stack.ts';
import { longestText, shortened } from '../../core/text.ts';
import { storableFailure, type TrialFailure } from '../../search/trial/trial.ts';
import type { HostLink } from './host-link.ts';
import type { TrialTask } from './protocol.ts';

/**
 * An exception as data. Structured clone would drop an error's own properties, so this is done on the side that caught
 * it: `code` is kept where there is one, and the first line of the stack that lies in the user's files is named.
 */
export function failureOf(error: unknown): TrialFailure {
  const place = error instanceof AssayError ? error.place : placeOf(error);
  const where = place === undefined ? '' : ` (${place})`;
  // The place stays where the text before it is cut.
  const message = `${shortened(messageOf(error), longestText - where.length)}${where}`;
  const hint = error instanceof AssayError ? error.hint : undefined;
  return storableFailure({ code: codeOf(error) ?? 'trial_failed', message, ...(hint !== undefined && { hint }) });
}

/** A message that is longer than what a failure keeps becomes the trial's artifact `log`, whole. */
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
