import { messageOf } from '../../core/errors.ts';
import type { AttemptContext } from './attempt.ts';

/** Removes unreferenced checkpoints. A failure is logged; `assay gc` removes the bytes later. */
export async function removeBytes(
  { artifacts, onEvent }: Pick<AttemptContext, 'artifacts' | 'onEvent'>,
  hashes: readonly string[],
): Promise<void> {
  for (const hash of hashes)
    await artifacts
      .remove(hash)
      .catch((error: unknown) => onEvent({ kind: 'log', text: `cannot remove the old checkpoint ${hash}: ${messageOf(error)}` }));
}
