import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { maxPageLimit } from '../../storage/readers/page.ts';
import { readRecommendations } from '../../storage/readers/recommendations.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import { directionSchema, jsonNumberSchema, nonFiniteFlag, studyPath, taggedAnswersWith, wholeNumberFrom } from '../schemas.ts';
import { choiceValueSchema } from './studies.ts';

export const recommendationSchema = z.object({
  study: z.string(),
  direction: directionSchema,
  items: z
    .array(
      z.object({
        address: z.string().openapi({ description: 'Of its best trial' }),
        number: z.number().int(),
        params: z.record(z.string(), choiceValueSchema),
        trials: z.array(z.number().int()).readonly().openapi({ description: 'All complete trials with these params' }),
        observed: jsonNumberSchema.openapi({ description: 'Mean of their values' }),
        expected: z
          .object({
            value: z.number().openapi({ description: 'What one more trial is expected to bring' }),
            low: z.number().openapi({ description: 'One standard deviation of the mean below' }),
            high: z.number(),
            noise: z.number().openapi({ description: 'Standard deviation of one trial around the mean' }),
          })
          .nullable()
          .openapi({ description: 'Null: too few trials for a model' }),
        inWords: z.string(),
        ...nonFiniteFlag,
      }),
    )
    .readonly(),
});

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/recommendation',
  operationId: 'showRecommendation',
  summary: 'The configurations that are expected to be best again',
  description:
    'By the pessimistic end of the posterior mean of a model of the complete trials: a lucky trial counts for what its neighbours say.',
  request: {
    params: studyPath,
    query: z.strictObject({ top: wholeNumberFrom(1, maxPageLimit).optional().openapi({ description: 'Default: 1' }) }),
  },
  responses: taggedAnswersWith(recommendationSchema, 'Configurations, the best first'),
});

export function addRecommendation(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(show, async (c) => {
    const { top } = c.req.valid('query');
    const { study } = c.req.valid('param');
    return tagged(c, db, study, async () => c.json(await readRecommendations(db, study, top), 200));
  });
}
