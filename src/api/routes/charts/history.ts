import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { type ChartSource, drawFigure } from '../../charts/figure.ts';
import { history } from '../../charts/history.ts';
import { perhaps } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, countsSchema, figurePart, figureQuery, maxPointsQuery, numbersSchema, stateLetterSchema } from './common.ts';

export const historyChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    axis: z
      .enum(['number', 'time'])
      .openapi({ description: '`time`: milliseconds since 1970; of the end, of a running trial of its beginning' }),
    x: perhaps(numbersSchema.openapi({ description: 'With `y`, `number` and `state`: trials one by one, unless `bins` sum them up' })),
    y: perhaps(
      numbersSchema.openapi({
        description: 'The value; of a trial that is not complete its newest report, where reports show the objective',
      }),
    ),
    number: perhaps(countsSchema),
    state: perhaps(z.array(stateLetterSchema).readonly()),
    bins: perhaps(
      z.object({
        x0: numbersSchema,
        x1: numbersSchema.openapi({ description: 'Exclusive' }),
        n: countsSchema,
        min: numbersSchema,
        q1: numbersSchema,
        median: numbersSchema,
        q3: numbersSchema,
        max: numbersSchema,
        numberOfBest: countsSchema.openapi({ description: 'Trial with the best value of the bin' }),
      }),
    ),
    best: z.object({ x: numbersSchema, y: numbersSchema, number: countsSchema, of: count }).openapi({
      description: 'Each complete feasible trial that was better than all before, in the order of `x`, exact; `of`: how many there were',
    }),
  })
  .openapi('HistoryChart');

export type HistoryChart = z.infer<typeof historyChartSchema>;

export function addHistoryChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'history',
    operationId: 'chartHistory',
    summary: 'Values of the trials in the order of their numbers or times, and the best so far',
    query: { ...figureQuery, ...maxPointsQuery, x: z.enum(['number', 'time']).default('number') },
    answer: historyChartSchema,
  };
  addChart(app, source, route, (study, { x: axis, maxPoints, ...query }) =>
    drawFigure(
      source,
      study,
      query,
      null,
      () => [],
      ({ columns, revision, trials, figure, about }) => ({
        revision,
        ...about,
        ...history(columns, { trials, figure, direction: about.direction, axis, maxPoints }),
      }),
    ),
  );
}
