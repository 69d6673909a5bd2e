import { z } from '@hono/zod-openapi';
import { axisSchema, chartPart, count, countsSchema, figurePart, numbersSchema } from './common.ts';

/** @public */
export const parallelChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    varying: count.openapi({ description: 'Parameters that vary; `axes` may be fewer' }),
    axes: z.array(axisSchema).readonly(),
    columns: z.record(z.string(), numbersSchema).openapi({ description: 'By parameter; null where a trial does not have it' }),
    value: numbersSchema,
    number: countsSchema,
    weight: z
      .array(z.number())
      .readonly()
      .openapi({ description: 'Trials that each line stands for: 1, unless it is one of a sample. The best decile is drawn first' }),
  })
  .openapi('ParallelChart');

/** @public */
export type ParallelChart = z.infer<typeof parallelChartSchema>;
