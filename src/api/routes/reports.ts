import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { readReports } from '../../storage/readers/read-reports.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import { jsonNumberSchema, metricsSchema, nonFiniteFlag, taggedAnswersWith, trialPath, wholeNumberFrom } from '../schemas.ts';

export const reportSchema = z
  .object({
    attempt: z.number().int(),
    step: z.number().int(),
    value: jsonNumberSchema,
    metrics: metricsSchema,
    ...nonFiniteFlag,
  })
  .openapi('Report');

export const reportsSchema = z.object({
  items: z.array(reportSchema).readonly(),
  total: z.number().int().openapi({ description: 'How many there are; `items` may be fewer' }),
});

const list = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/reports',
  operationId: 'readReports',
  summary: 'The curves of a trial, thinned evenly',
  request: {
    params: trialPath,
    query: z.strictObject({
      maxPoints: wholeNumberFrom(2, 2000).default(500).openapi({ default: 500, description: 'At most this many for each attempt' }),
    }),
  },
  responses: taggedAnswersWith(reportsSchema, 'Reports in the order of attempt and step'),
});

export function addReports(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(list, async (c) => {
    const address = c.req.valid('param');
    const { maxPoints } = c.req.valid('query');
    return tagged(c, db, address.study, async () => c.json(await readReports(db, address, maxPoints), 200));
  });
}
