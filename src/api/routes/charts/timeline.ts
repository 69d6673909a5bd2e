import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { drawTrials } from '../../charts/figure.ts';
import { timeline } from '../../charts/timeline.ts';
import { perhaps } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, countsSchema, filterQuery, maxPointsQuery, numbersSchema } from './common.ts';
import type { TimelineSource } from './index.ts';

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

/** Milliseconds since 1970, until the year 5138. */
const momentSchema = z
  .string()
  .regex(/^[0-9]{1,14}$/, 'milliseconds since 1970')
  .transform(Number)
  .pipe(z.int())
  .openapi({ type: 'integer', minimum: 0, maximum: 99_999_999_999_999 });

export function addTimelineChart(app: OpenAPIHono, source: TimelineSource): void {
  const route = {
    kind: 'timeline',
    operationId: 'chartTimeline',
    summary: 'Attempts by worker or device',
    query: {
      ...filterQuery,
      ...maxPointsQuery,
      by: z.enum(['worker', 'device']).default('worker'),
      from: momentSchema.optional().openapi({ description: 'Milliseconds since 1970; default: the beginning of the first attempt' }),
      to: momentSchema
        .optional()
        .openapi({ description: 'Milliseconds since 1970, exclusive; default: the end of the last attempt, or now' }),
    },
    answer: timelineChartSchema,
  };
  addChart(
    app,
    source,
    route,
    async (name, { by, from = null, to = null, maxPoints, ...query }) => {
      const { study, revision, trials } = await drawTrials(
        source,
        name,
        query,
        null,
        () => [],
        (drawing) => drawing,
      );
      const pieces = await source.attempts.attemptsOf(study);
      return { revision, ...timeline(pieces, { trials, by, from, until: to, now: Date.now(), maxPoints }) };
    },
    () => ({}),
  );
}
