import { z } from '@hono/zod-openapi';
import { jsonNumberSchema } from '../../schemas.ts';
import { chartPart, count } from './common.ts';

export const degradationChartSchema = z
  .object({
    ...chartPart,
    metric: z.string(),
    items: z
      .array(
        z.object({
          number: count,
          inSample: jsonNumberSchema.openapi({ description: 'The metric in the search; of a trial without it the value' }),
          outOfSample: jsonNumberSchema.openapi({ description: 'Mean over the seeds, each of which trades its folds one after the other' }),
          low: jsonNumberSchema.openapi({ description: 'The lowest of any seed and fold' }),
          high: jsonNumberSchema.openapi({ description: 'The highest of any seed and fold' }),
          seeds: count,
          folds: count,
          complete: z.boolean().openapi({ description: 'False: folds are still to be evaluated' }),
        }),
      )
      .readonly()
      .openapi({ description: 'Validated trials, by number' }),
  })
  .openapi('DegradationChart');

export type DegradationChart = z.infer<typeof degradationChartSchema>;
