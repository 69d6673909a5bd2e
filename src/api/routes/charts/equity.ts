import { z } from '@hono/zod-openapi';
import { nonFiniteFlag, orNull, timeSchema } from '../../schemas.ts';
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
