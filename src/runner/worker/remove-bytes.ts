import { messageOf } from '../../core/errors.ts';
import type { AttemptContext } from './attempt.ts';

/** Remove checkpoints that nobody refers to any more. What cannot be removed is said and left to the next collection of garbage. */
export async function removeBytes(
  { artifacts, onEvent }: Pick<AttemptContext, 'artifacts' | 'onEvent'>,
  hashes: readonly string[],
): Promise<void> {
  for (const hash of hashes)
    await artifacts
      .remove(hash)
      .catch((error: unknown) => onEvent({ kind: 'log', text: `cannot remove the old checkpoint ${hash}: ${messageOf(error)}` }));
}
