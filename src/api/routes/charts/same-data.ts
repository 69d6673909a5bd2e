import { z } from '@hono/zod-openapi';
import { axisSchema, chartPart, count, countsSchema, numbersSchema } from './common.ts';

export const sameDataChartSchema = z
  .object({
    ...chartPart,
    metric: z.string(),
    axis: axisSchema.openapi({ description: 'Of this study' }),
    studies: z
      .array(z.string())
      .readonly()
      .openapi({ description: 'That read the same data and have validated trials with the parameter; this one first' }),
    study: countsSchema.openapi({ description: 'Place in `studies`' }),
    number: countsSchema,
    x: numbersSchema.openapi({ description: 'The parameter' }),
    outOfSample: numbersSchema,
    low: numbersSchema,
    high: numbersSchema,
    others: count.openapi({
      description: 'Validated trials on the same data without the parameter, or with a value this study does not know',
    }),
  })
  .openapi('SameDataChart');

export type SameDataChart = z.infer<typeof sameDataChartSchema>;
