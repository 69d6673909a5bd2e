import { z } from '@hono/zod-openapi';
import { chartPart, count, figurePart, numbersSchema } from './common.ts';

/** @public */
export const edfChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    items: z
      .array(z.object({ study: z.string(), total: count, used: count, value: numbersSchema, share: z.array(z.number()).readonly() }))
      .readonly()
      .openapi({ description: 'This study first. `share`: of the used trials, those with a value of at most `value`; 200 steps at most' }),
  })
  .openapi('EdfChart');

/** @public */
export type EdfChart = z.infer<typeof edfChartSchema>;
