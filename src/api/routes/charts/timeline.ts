import { z } from '@hono/zod-openapi';
import { perhaps } from '../../schemas.ts';
import { chartPart, count, countsSchema, numbersSchema } from './common.ts';

const endingLetters = ['c', 'p', 'f', 'x', 'l', 'g', 'w', 'k', 'r'] as const;

const laneSchema = z.object({
  name: z.string(),
  attempts: count.openapi({ description: 'Attempts of the lane in the range' }),
  spans: perhaps(
    z
      .object({
        number: countsSchema,
        attempt: countsSchema,
        start: numbersSchema.openapi({ description: 'Milliseconds since `origin`' }),
        end: numbersSchema.openapi({ description: 'Milliseconds since `origin`; null: under way' }),
        ending: z
          .array(
            z.enum(endingLetters).openapi({
              description:
                'c: complete; p: pruned; f: failed; x: cancelled; l: lease lost; g: given back; w: paused; k: what a fork inherited; r: running',
            }),
          )
          .readonly(),
      })
      .openapi({ description: 'One by one, unless `density` sums them up' }),
  ),
  density: perhaps(
    z.object({
      t0: numbersSchema.openapi({ description: 'Milliseconds since `origin`; bins are equally long' }),
      busy: z.array(z.number()).readonly().openapi({ description: 'Attempts under way, on average over the bin' }),
    }),
  ),
});

export const timelineChartSchema = z
  .object({
    ...chartPart,
    by: z.enum(['worker', 'device']),
    origin: count.openapi({ description: 'Beginning of the range, in milliseconds since 1970' }),
    until: count.openapi({ description: 'Its end, likewise' }),
    lanes: z.array(laneSchema).readonly().openapi({ description: 'The first to begin first' }),
    lanesTotal: count.openapi({ description: 'Lanes in the range; `lanes` may be fewer' }),
  })
  .openapi('TimelineChart');

export type TimelineChart = z.infer<typeof timelineChartSchema>;
export type EndingLetter = (typeof endingLetters)[number];
