import { z } from 'zod';
import { definePruner } from '../define-pruner.ts';
import { keep, type Pruner } from '../pruner.ts';

export const nopOptions = z.strictObject({});

/** Never prunes. */
export function createNopPruner(): Pruner {
  return { id: 'nop', decide: () => keep };
}

/**
 * Never prunes: every trial runs to its end.
 *
 * @example
 * ```ts
 * import { nop } from 'assay';
 *
 * const pruner = nop();
 * ```
 */
export const nop = definePruner({ id: 'nop', options: nopOptions, create: createNopPruner });
