import { z } from 'zod';
import { keep, type Pruner } from '../pruner.ts';

export const nopOptions = z.strictObject({});

/** Every trial runs to its end. */
export function createNopPruner(): Pruner {
  return { id: 'nop', judge: () => keep };
}
