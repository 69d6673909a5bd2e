import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { readImportance } from '../../storage/readers/importance.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, studyPath, textSchema } from '../schemas.ts';

export const importanceSchema = z.object({
  study: z.string(),
  evaluator: z.enum(['ped-anova', 'fanova', 'mdi']),
  objective: z.string().nullable().openapi({ description: 'Null: the only one, or all of several' }),
  trials: z.number().int().openapi({ description: 'Complete trials that it is taken from' }),
  notes: z.array(z.string()).readonly().openapi({ description: 'What limits the answer' }),
  items: z
    .array(
      z.object({
        param: z.string(),
        importance: z.number().openapi({ description: 'Share from 0 to 1; all together 1' }),
        low: z.number().openapi({ description: 'Lower end of the interval of resampled trials' }),
        high: z.number(),
      }),
    )
    .readonly(),
});

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/importance',
  operationId: 'showImportance',
  summary: 'Which parameters decide whether a trial is among the best',
  description: 'By PED-ANOVA. The forests of `assay importance --evaluator fanova` take too long for a request.',
  request: {
    params: studyPath,
    query: z.strictObject({ objective: textSchema.optional().openapi({ description: 'Of several objectives, this one alone' }) }),
  },
  responses: answersWith(importanceSchema, 'Parameters, the most important first'),
});

export function addImportance(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(show, async (c) => {
    const { objective } = c.req.valid('query');
    return c.json(await readImportance(db, c.req.valid('param').study, { evaluator: 'ped-anova', objective }), 200);
  });
}
