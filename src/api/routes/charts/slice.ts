import { z } from '@hono/zod-openapi';
import { axisSchema, chartPart, count, countsSchema, figurePart, numbersSchema, stateLetterSchema } from './common.ts';

/** Not an extension: the document would refer to the axis, which may be a choice or not. */
const slicedSchema = z.object({
  ...axisSchema.shape,
  used: count.openapi({ description: 'Trials that have this parameter and a value' }),
  x: numbersSchema,
  y: numbersSchema,
  number: countsSchema,
  state: z.array(stateLetterSchema).readonly(),
  medianBand: z
    .object({ x: numbersSchema, low: numbersSchema, mid: numbersSchema, high: numbersSchema, n: countsSchema })
    .openapi({ description: 'Quartiles of all used trials, in bins of the axis or by choice; `x` is the middle of the bin' }),
});

/** @public */
export const sliceChartSchema = z.object({ ...chartPart, ...figurePart, params: z.array(slicedSchema).readonly() }).openapi('SliceChart');

/** @public */
export type SliceChart = z.infer<typeof sliceChartSchema>;
