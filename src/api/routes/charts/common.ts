import { z } from '@hono/zod-openapi';
import { parseTrialAddress } from '../../../core/address.ts';
import { statesSchema, whereSchema } from '../../filter-query.ts';
import { directionSchema, jsonNumberSchema, nonFiniteFlag, perhaps, textSchema, wholeNumberFrom } from '../../schemas.ts';

/** Building blocks of the charts: every answer is columnar and says of how many trials it shows how many. */

export const count = z.number().int();

/** A column of numbers; what JSON has no number for is null and named in `nonFinite`, as `y.12`. */
export const numbersSchema = z.array(jsonNumberSchema).readonly();

export const countsSchema = z.array(count).readonly();

const stateLetters = ['c', 'i', 'p', 'f', 'r', 'w', 'x'] as const;

export const stateLetterSchema = z
  .enum(stateLetters)
  .openapi({ description: 'c: complete; i: complete, but infeasible; p: pruned; f: failed; r: running; w: paused; x: cancelled' });

export type StateLetter = z.infer<typeof stateLetterSchema>;

/** The part that all charts share. */
export const chartPart = {
  revision: count.openapi({ description: 'Of the study, as it is drawn' }),
  total: count.openapi({ description: 'Trials that were begun and meet `states` and `where`' }),
  used: count.openapi({ description: 'Those of them that have what is drawn' }),
  shown: count.openapi({ description: 'Those of them that are drawn one by one; fewer than `used`: the chart is reduced' }),
  reduced: z
    .enum(['none', 'bins', 'sample', 'front'])
    .openapi({ description: 'How: summed up in bins; a sample, the same in each answer; only the trade-offs' }),
  ...nonFiniteFlag,
};

/** What is drawn of a trial. */
export const figurePart = {
  objective: z.string().nullable().openapi({ description: 'Null: the only objective, the first of several, or a metric is drawn' }),
  metric: z.string().nullable().openapi({ description: 'Null: the objective is drawn' }),
  direction: directionSchema.openapi({ description: 'Of the objective that is drawn; of a metric, of the first objective' }),
};

const choiceLabelSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A parameter as an axis. */
export const axisSchema = z
  .object({
    name: z.string(),
    kind: z.enum(['float', 'int', 'choice']),
    log: z.boolean(),
    low: z.number().openapi({ description: 'Of the space; of a choice 0' }),
    high: z.number().openapi({ description: 'Of the space; of a choice the place of its last label' }),
    labels: perhaps(
      z.array(choiceLabelSchema).readonly().openapi({ description: 'Values of a choice: numbers of its column are places in this list' }),
    ),
    labelsTotal: perhaps(count.openapi({ description: 'Number of values of a choice; only the most used ones, `labels`, are drawn' })),
  })
  .openapi('ChartAxis');

export type ChartAxis = z.infer<typeof axisSchema>;

/** Which trials. */
export const filterQuery = {
  states: statesSchema.optional().openapi({ description: 'Only trials in these states; default: those that the chart is about' }),
  where: whereSchema,
};

/** Which trials, and what of them. */
export const figureQuery = {
  ...filterQuery,
  objective: textSchema.optional().openapi({ description: 'Of several objectives, this one; default: the first' }),
  metric: textSchema.optional().openapi({ description: 'Draw this metric of complete trials instead of an objective' }),
};

export const maxPointsQuery = {
  maxPoints: wholeNumberFrom(10, 2000).default(1000).openapi({ default: 1000, description: 'At most this many marks' }),
};

export const paramSchema = textSchema.openapi({ description: 'Flat name of a parameter', example: 'opt.adam.beta1' });

/** What of a validated trial is drawn. */
export const judgedMetricQuery = {
  metric: textSchema.default('sharpeDaily').openapi({ default: 'sharpeDaily', description: 'Of the walk-forward' }),
};

/** The number in a trial's address. */
export function numberOf(address: string): number {
  return parseTrialAddress(address).number;
}
