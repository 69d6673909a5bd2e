import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { dataDirOf } from '../../../core/data-dir.ts';
import { AssayError } from '../../../core/errors.ts';
import { createArtifactStore } from '../../../storage/artifacts/open.ts';
import { readEquity } from '../../../storage/validations/read-equity.ts';
import { equityOf } from '../../charts/equity.ts';
import { answerOf } from '../../charts/numbers.ts';
import { tagged } from '../../revision-tag.ts';
import type { RouteContext } from '../../route-context.ts';
import { nonFiniteFlag, orNull, taggedAnswersWith, timeSchema, trialPath, wholeNumberFrom } from '../../schemas.ts';
import { count, numbersSchema } from './common.ts';

const lineSchema = z.object({
  subject: z.string().openapi({ description: '`policy`, or the name of a baseline' }),
  seed: count.nullable().openapi({ description: 'Null for a baseline' }),
  equity: numbersSchema.openapi({ description: 'Net, as a multiple of the account at the beginning of the fold, after each point' }),
  drawdown: numbersSchema.openapi({ description: 'Fall from the highest point of the fold so far, a fraction from 0' }),
  costs: orNull(numbersSchema).openapi({
    description:
      'Costs paid so far, a fraction of the account at the beginning, spread evenly over the fold; null where they are not known',
  }),
  totalReturn: z.number().nullable(),
  maxDrawdown: z.number().nullable(),
  earlyTerminations: count,
});

export const equitySchema = z
  .object({
    address: z.string(),
    steps: z.boolean().openapi({ description: 'True: a point a step, of one fold and seed; false: a point a day' }),
    drawdownLimit: z.number().nullable().openapi({ description: 'The drawdown that ends an episode; null: not known' }),
    worstSeed: count.nullable().openapi({ description: 'The seed with the lowest return over all folds' }),
    folds: z
      .array(
        z.object({
          fold: count,
          testStart: timeSchema,
          testEnd: timeSchema,
          points: count.openapi({ description: 'How many there are; `dates` may be fewer, each stretch with its lowest and highest' }),
          dates: orNull(z.array(z.string()).readonly()).openapi({
            description: 'ISO days; null: the days are not known, or points are steps',
          }),
          index: z.array(count).readonly().openapi({ description: 'Place of each point in the fold, from 0' }),
          lines: z.array(lineSchema).readonly(),
        }),
      )
      .readonly()
      .openapi({ description: 'Of the newest walk-forward; empty: the trial was never validated' }),
    ...nonFiniteFlag,
  })
  .openapi('Equity');

export type Equity = z.infer<typeof equitySchema>;

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/validation/equity',
  operationId: 'readEquity',
  summary: 'Equity and drawdown of the newest walk-forward of a trial by fold and seed, and of the baselines',
  request: {
    params: trialPath,
    query: z.strictObject({
      maxPoints: wholeNumberFrom(10, 2000).default(400).openapi({ default: 400, description: 'Of each line; fewer where there are many' }),
      fold: wholeNumberFrom(0, 9999).optional().openapi({ description: 'With `seed`: this fold alone, step by step' }),
      seed: wholeNumberFrom(0, 999_999_999).optional(),
    }),
  },
  responses: taggedAnswersWith(equitySchema, 'Lines by fold; no folds for a trial that was never validated'),
});

export function addEquity(app: OpenAPIHono, { db, dataDir: given }: Pick<RouteContext, 'db' | 'dataDir'>): void {
  app.openapi(show, (c) => {
    const address = c.req.valid('param');
    const { maxPoints, fold, seed } = c.req.valid('query');
    if ((fold === undefined) !== (seed === undefined))
      throw new AssayError('usage', 'steps are those of one fold and one seed', {
        place: fold === undefined ? 'fold' : 'seed',
        hint: 'give both, or neither for days',
      });
    const dataDir = dataDirOf(given);
    const only = fold === undefined || seed === undefined ? null : { fold, seed };
    const respond = async () => {
      const read = await readEquity(db, createArtifactStore(dataDir), address, only);
      return c.json(answerOf(equityOf(read, { steps: only !== null, maxPoints, dataDir })), 200);
    };
    return tagged(c, db, address.study, respond, { evaluated: true });
  });
}
