import { z } from '@hono/zod-openapi';
import { axisSchema, chartPart, countsSchema, figurePart, numbersSchema } from './common.ts';

/** @public */
export const contourChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    axes: z.array(axisSchema).length(2).readonly().openapi({ description: 'Of `x` and of `y`' }),
    x: numbersSchema.openapi({ description: 'Middles of the cells; on a log axis geometric' }),
    y: numbersSchema,
    z: z.array(numbersSchema).readonly().openapi({ description: 'Mean of each cell, a list for each `y`; null where empty' }),
    n: z.array(countsSchema).readonly(),
    points: z.object({ x: numbersSchema, y: numbersSchema, value: numbersSchema, number: countsSchema }),
  })
  .openapi('ContourChart');

/** @public */
export type ContourChart = z.infer<typeof contourChartSchema>;
