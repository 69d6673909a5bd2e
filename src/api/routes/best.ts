import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Db } from '../../storage/database.ts';
import { bestTrials } from '../../storage/readers/best-trials.ts';
import { maxPageLimit } from '../../storage/readers/page.ts';
import { tagged } from '../revision-tag.ts';
import { directionSchema, studyPath, taggedAnswersWith, textSchema } from '../schemas.ts';
import { trialSchema } from './trials.ts';

export const bestSchema = z.object({
  study: z.string(),
  direction: directionSchema,
  metric: z.string().nullable().openapi({ description: 'Null: the objective value' }),
  trials: z.array(trialSchema).readonly().openapi({ description: 'The best first' }),
});

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/best',
  operationId: 'bestTrials',
  summary: 'The best complete trials',
  request: {
    params: studyPath,
    query: z.strictObject({
      top: z.coerce.number().int().min(1).max(maxPageLimit).default(1),
      metric: textSchema.optional().openapi({ description: 'Rank by this metric instead of the objective' }),
    }),
  },
  responses: taggedAnswersWith(bestSchema, 'The best trials'),
});

export function addBest(app: OpenAPIHono, db: Db): void {
  app.openapi(show, async (c) => {
    const { study } = c.req.valid('param');
    const query = c.req.valid('query');
    return tagged(c, db, study, async () => c.json(await bestTrials(db, study, query), 200));
  });
}
