import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { compareStudies } from '../../storage/readers/compare-studies.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, directionSchema, jsonNumberSchema, listOf, nameSchema, nonFiniteFlag, orNull, textSchema } from '../schemas.ts';
import { choiceValueSchema, countsSchema } from './studies.ts';
import { trialSchema } from './trials.ts';

const groupSchema = z
  .enum(['parameters', 'none'])
  .openapi({ description: '`parameters`: trials of the same parameters count once, with their mean; `none`: each trial counts' });

export const comparisonSchema = z.object({
  metric: z.string().nullable().openapi({ description: 'Null: the objective value' }),
  objective: z.string().nullable().openapi({ description: 'Null: the only objective, or the first of several' }),
  studies: z
    .array(
      z.object({
        study: z.string(),
        direction: directionSchema,
        counts: countsSchema,
        best: orNull(trialSchema),
        bestFigure: jsonNumberSchema.openapi({ description: 'The compared metric of the best trial' }),
        group: groupSchema,
        n: z.number().int().openapi({ description: 'Number of complete trials, or groups of them, whose metric is finite' }),
        mean: jsonNumberSchema,
        median: jsonNumberSchema,
        sd: jsonNumberSchema,
        ...nonFiniteFlag,
      }),
    )
    .readonly(),
  params: z
    .array(z.object({ name: z.string(), values: z.array(choiceValueSchema).readonly() }))
    .readonly()
    .openapi({ description: 'Parameters of the best trials that are not the same everywhere' }),
});

const compare = createRoute({
  method: 'get',
  path: '/v1/compare',
  operationId: 'compareStudies',
  summary: 'Studies side by side',
  request: {
    query: z.strictObject({
      studies: listOf(nameSchema, 20),
      metric: textSchema.optional().openapi({ description: 'Compare by this metric instead of the objective' }),
      objective: textSchema.optional().openapi({ description: 'Compare by this one of several objectives' }),
      group: groupSchema
        .optional()
        .openapi({ description: 'Default: `parameters` for a study that tries configurations again, else `none`' }),
    }),
  },
  responses: answersWith(comparisonSchema, 'One entry for each study, in the order asked for'),
});

export function addCompare(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(compare, async (c) => {
    const { studies, ...by } = c.req.valid('query');
    return c.json(await compareStudies(db, studies, by), 200);
  });
}
