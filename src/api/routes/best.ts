import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { bestTrials } from '../../storage/readers/best-trials.ts';
import { maxPageLimit } from '../../storage/readers/page.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import {
  directionSchema,
  jsonNumberSchema,
  nonFiniteFlag,
  objectivesSchema,
  perhaps,
  studyPath,
  taggedAnswersWith,
  textSchema,
  wholeNumberFrom,
} from '../schemas.ts';
import { trialSchema } from './trials.ts';

export const bestSchema = z.object({
  study: z.string(),
  direction: directionSchema.openapi({ description: 'Of the metric by which the trials are sorted' }),
  objectives: objectivesSchema,
  metric: z.string().nullable().openapi({ description: 'Null: the objective value' }),
  objective: z.string().nullable().openapi({ description: 'The one of several objectives that ranks' }),
  front: z
    .object({
      size: z.number().int(),
      hypervolume: jsonNumberSchema,
      measured: perhaps(
        z
          .number()
          .int()
          .openapi({ description: 'Trials that the hypervolume was taken from, where the set is too large: it is at least that' }),
      ),
      ...nonFiniteFlag,
    })
    .nullable()
    .openapi({ description: 'Of several objectives: the trials are the Pareto set, or the first of it' }),
  trials: z.array(trialSchema).readonly().openapi({ description: 'The best first; only such as meet their constraints' }),
});

const numberSchema = z
  .string()
  .regex(/^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$/, 'it takes numbers joined by commas')
  .transform(Number)
  .pipe(z.number())
  .openapi({ type: 'number' });

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/best',
  operationId: 'bestTrials',
  summary: 'The best complete trials',
  request: {
    params: studyPath,
    query: z.strictObject({
      top: wholeNumberFrom(1, maxPageLimit).optional().openapi({ description: 'Default: 1; with several objectives the whole Pareto set' }),
      metric: textSchema.optional().openapi({ description: 'Rank by this metric instead of the objective' }),
      objective: textSchema.optional().openapi({ description: 'Rank by this one of several objectives' }),
      reference: z
        .preprocess((given) => (typeof given === 'string' ? given.split(',') : given), z.array(numberSchema).min(2).max(20))
        .optional()
        .openapi({
          param: { style: 'form', explode: false },
          description: 'Measure the hypervolume from here; default: what the study says',
        }),
    }),
  },
  responses: taggedAnswersWith(bestSchema, 'The best trials'),
});

export function addBest(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(show, async (c) => {
    const { study } = c.req.valid('param');
    const query = c.req.valid('query');
    return tagged(c, db, study, async () => c.json(await bestTrials(db, study, query), 200));
  });
}
