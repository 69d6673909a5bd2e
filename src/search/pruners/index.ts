import type { z } from 'zod';
import { AssayError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import { parseOptions } from '../options.ts';
import type { AlgorithmRef } from '../study/storage.ts';
import { createNopPruner, nopOptions } from './nop/nop.ts';
import { createPercentilePruner, medianOptions, percentileOptions } from './percentile/percentile.ts';
import type { Pruner } from './pruner.ts';

/** Every pruner: its id, and how its options make one. A new pruner is its folder, a line here and a builder below. */
const pruners = {
  nop: (options: Json) => {
    parseOptions(nopOptions, options, 'nop');
    return createNopPruner();
  },
  median: (options: Json) =>
    createPercentilePruner('median', {
      ...parseOptions(medianOptions, options, 'median'),
      percentile: 50,
    }),
  percentile: (options: Json) => createPercentilePruner('percentile', parseOptions(percentileOptions, options, 'percentile')),
} satisfies Record<string, (options: Json) => Pruner>;

/** Ids of all pruners. */
export const prunerIds = Object.keys(pruners);

/**
 * The pruner that a study names.
 * @throws AssayError `study_invalid` for an unknown id or option.
 */
export function prunerOf(ref: AlgorithmRef): Pruner {
  const create = Object.hasOwn(pruners, ref.id) ? pruners[ref.id as keyof typeof pruners] : undefined;
  if (create === undefined)
    throw new AssayError('study_invalid', `there is no pruner ${JSON.stringify(ref.id)}`, {
      place: 'pruner',
      hint: `known: ${prunerIds.join(', ')}`,
    });
  return create(ref.options);
}

/** Every trial runs to its end. */
export function nop(): AlgorithmRef {
  return { id: 'nop', options: {} };
}

/** Stop a trial that is worse than the median of the complete trials at the same step. */
export function median(options: z.input<typeof medianOptions> = {}): AlgorithmRef {
  return { id: 'median', options: parseOptions(medianOptions, options, 'median') };
}

/** Stop a trial that is not among the best `percentile` percent of the complete trials at the same step. */
export function percentile(options: z.input<typeof percentileOptions> = {}): AlgorithmRef {
  return { id: 'percentile', options: parseOptions(percentileOptions, options, 'percentile') };
}
