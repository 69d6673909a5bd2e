import { z } from '@hono/zod-openapi';
import { jsonNumberSchema } from '../../schemas.ts';
import { chartPart, count, countsSchema, numbersSchema } from './common.ts';

export const luckChartSchema = z
  .object({
    ...chartPart,
    number: count.nullable().openapi({ description: 'The trial that is judged; null: none was validated' }),
    seed: count.nullable().openapi({ description: 'Its worst seed' }),
    observed: jsonNumberSchema.openapi({ description: 'Daily Sharpe ratio of that seed over all folds' }),
    days: count.openapi({ description: 'Days that it rests on' }),
    skew: jsonNumberSchema,
    kurtosis: jsonNumberSchema.openapi({ description: 'Raw: 3 for a normal distribution' }),
    trialsTried: count,
    trialsOnSameData: count.openapi({ description: 'Over all studies that read the same data, this one included' }),
    variance: jsonNumberSchema.openapi({ description: 'Of the ratios of trials without skill over these days: 1 / (days - 1)' }),
    trialsVariance: jsonNumberSchema.openapi({ description: 'Of the ratios of the complete trials of the study, as measured' }),
    expectedMaximum: jsonNumberSchema.openapi({ description: 'The bar: what the luckiest of all worthless trials would show' }),
    probability: jsonNumberSchema.openapi({ description: 'That the true ratio is above the bar' }),
    threshold: jsonNumberSchema.openapi({ description: 'What the gate policy of the study asks; null: it does not ask' }),
    minimumDays: count.nullable().openapi({ description: 'Days that the gate policy asks; null: it does not ask' }),
    severity: z.enum(['refuse', 'warn']).nullable(),
    curve: z
      .object({ trials: countsSchema, bar: numbersSchema })
      .openapi({ description: 'The bar against the number of trials; empty where the days are not known' }),
    histogram: z
      .object({ x0: numbersSchema, x1: numbersSchema, n: countsSchema })
      .openapi({ description: 'Daily Sharpe ratios of the complete trials in the search; the last bin includes its end' }),
  })
  .openapi('LuckChart');

export type LuckChart = z.infer<typeof luckChartSchema>;
