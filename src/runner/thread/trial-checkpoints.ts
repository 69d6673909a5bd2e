import { AssayError, messageOf } from '../../core/errors.ts';
import type { Checkpoint } from '../../search/study/trial-context.ts';
import { type ArtifactStore, type Bytes, piecesOf } from '../../storage/artifacts/store.ts';
import type { HostLink } from './host-link.ts';
import type { TrialTask } from './protocol.ts';

/** First line of a stored checkpoint, as JSON, before the objective's bytes. Makes equal bytes of two trials distinct artifacts. */
interface Heading {
  readonly format: 'assay-trial-checkpoint-1';
  readonly trial: string;
  readonly attempt: number;
  readonly step: number;
}

/**
 * Stores a checkpoint and records it as the trial's newest. If the store cannot take it (a full disk), the trial goes on, the previous
 * checkpoint stays and the host logs a warning.
 */
export async function saveCheckpoint(
  { address, attempt }: TrialTask,
  store: ArtifactStore,
  link: HostLink,
  { step, bytes }: { readonly step: number; readonly bytes: Bytes },
): Promise<void> {
  const heading: Heading = { format: 'assay-trial-checkpoint-1', trial: address, attempt, step };
  let stored: Awaited<ReturnType<ArtifactStore['put']>>;
  try {
    stored = await store.put(withHeading(heading, bytes));
  } catch (error) {
    if (!(error instanceof AssayError) || (error.code !== 'disk_full' && error.code !== 'unavailable')) throw error;
    await link.call({ kind: 'warn', text: `${address}: no checkpoint of step ${step}: ${error.message}` });
    return;
  }
  await link.call({ kind: 'checkpoint', checkpoint: { step, ...stored } });
}

/** Returns the checkpoint to resume from (null: start from the beginning, also if its bytes are missing, damaged or on another machine). */
export async function loadCheckpoint({ address }: TrialTask, store: ArtifactStore, link: HostLink): Promise<Checkpoint | null> {
  const found = await link.call({ kind: 'findCheckpoint' });
  if (found === null) return null;
  let bytes: Uint8Array;
  try {
    bytes = withoutHeading(await store.get(found.hash), found.step);
  } catch (error) {
    await link.call({
      kind: 'warn',
      text: `${address} starts from the beginning, its checkpoint of step ${found.step} cannot be used: ${messageOf(error)}`,
    });
    return null;
  }
  await link.call({ kind: 'resume', checkpoint: found });
  return { step: found.step, bytes };
}

async function* withHeading(heading: Heading, bytes: Bytes): AsyncIterable<Uint8Array> {
  yield Buffer.from(`${JSON.stringify(heading)}\n`);
  yield* piecesOf(bytes);
}

function withoutHeading(stored: Uint8Array, step: number): Uint8Array {
  const end = stored.indexOf(10);
  const heading = JSON.parse(Buffer.from(stored.subarray(0, Math.max(0, end))).toString()) as Heading;
  if (heading.format !== 'assay-trial-checkpoint-1' || heading.step !== step)
    throw new AssayError('data_invalid', `it says ${heading.format}, step ${heading.step}`);
  return stored.subarray(end + 1);
}
