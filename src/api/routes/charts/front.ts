import { z } from '@hono/zod-openapi';
import { objectivesSchema, orNull } from '../../schemas.ts';
import { chartPart, count, countsSchema, numbersSchema } from './common.ts';

/** @public */
export const frontChartSchema = z
  .object({
    ...chartPart,
    objectives: objectivesSchema,
    size: count.openapi({ description: 'Trials of the Pareto set; `points` may hold fewer of them' }),
    points: z.object({
      values: z.record(z.string(), numbersSchema).openapi({ description: 'By objective' }),
      number: countsSchema,
      onFront: z.array(z.boolean()).readonly(),
      feasible: z.array(z.boolean()).readonly(),
    }),
    hypervolume: orNull(
      z.object({
        number: countsSchema.openapi({ description: 'The trials up to and including this one' }),
        value: numbersSchema,
      }),
    ).openapi({ description: 'Null: the study has no reference point, or the set is too large to be measured' }),
  })
  .openapi('FrontChart');

/** @public */
export type FrontChart = z.infer<typeof frontChartSchema>;
