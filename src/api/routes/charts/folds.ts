import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { readFoldLayout } from '../../../storage/validations/read-fold-layout.ts';
import { tagged } from '../../revision-tag.ts';
import type { RouteContext } from '../../route-context.ts';
import { jsonNumberSchema, nonFiniteFlag, orNull, taggedAnswersWith, timeSchema, trialPath } from '../../schemas.ts';
import { count, numbersSchema } from './common.ts';

const partSchema = z
  .object({ start: timeSchema, end: timeSchema.openapi({ description: 'Exclusive' }), sessions: count.nullable() })
  .openapi('FoldPart');

export const foldLayoutSchema = z
  .object({
    address: z.string(),
    search: orNull(
      z.object({
        end: timeSchema,
        datasets: z.array(z.object({ name: z.string(), hash: z.string(), end: timeSchema.nullable() })).readonly(),
      }),
    ).openapi({
      description: 'How far the search of this trial looked (exclusive), at the furthest and into each data set; null: it did not say',
    }),
    folds: z
      .array(
        z.object({
          fold: count,
          train: z.array(partSchema).readonly(),
          test: z.array(partSchema).readonly(),
          purge: z
            .object({ bars: count, sessions: count.nullable(), start: timeSchema, end: timeSchema })
            .openapi({ description: 'Left out between training and test; sessions are known where the scheme counts them' }),
          embargo: orNull(z.object({ bars: count, sessions: count })).openapi({ description: 'Left out behind a test part; null: none' }),
          seen: z
            .string()
            .nullable()
            .openapi({ description: 'Why the fold is no evidence: its test begins before the search ended; null: it is' }),
          returns: z
            .object({ seed: z.array(count).readonly(), totalReturn: numbersSchema })
            .openapi({ description: 'Net return of the test by seed, as far as evaluated' }),
          worst: jsonNumberSchema.openapi({
            description: 'The lowest of them, NaN where one of them is; null without a flag: none was evaluated',
          }),
        }),
      )
      .readonly()
      .openapi({ description: 'In time order; empty: the trial was never validated' }),
    seeds: z.array(count).readonly().openapi({ description: 'Seeds that were asked for' }),
    ...nonFiniteFlag,
  })
  .openapi('FoldLayout');

export type FoldLayout = z.infer<typeof foldLayoutSchema>;

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/validation/folds',
  operationId: 'readFoldLayout',
  summary: 'Where the folds of the newest walk-forward of a trial lie, what the search saw, and what each test returned',
  request: { params: trialPath },
  responses: taggedAnswersWith(foldLayoutSchema, 'The folds; none for a trial that was never validated'),
});

export function addFoldLayout(app: OpenAPIHono, { db }: Pick<RouteContext, 'db'>): void {
  app.openapi(show, (c) => {
    const address = c.req.valid('param');
    return tagged(c, db, address.study, async () => c.json(await readFoldLayout(db, address), 200), { evaluated: true });
  });
}
