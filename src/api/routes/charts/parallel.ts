import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { paramsOf } from '../../charts/axis.ts';
import type { ChartSource } from '../../charts/figure.ts';
import { parallel } from '../../charts/parallel.ts';
import { drawParams } from '../../charts/param-figure.ts';
import { listOf } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import {
  axisSchema,
  chartPart,
  count,
  countsSchema,
  figurePart,
  figureQuery,
  maxPointsQuery,
  numbersSchema,
  paramSchema,
} from './common.ts';

export const parallelChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    params: count.openapi({ description: 'Parameters of the space' }),
    looked: count.openapi({ description: 'Those of them that were looked at: what the query names, else all, of very many the first' }),
    varying: count.openapi({ description: 'Those of them that vary; `axes` may be fewer' }),
    axes: z.array(axisSchema).readonly(),
    columns: z.record(z.string(), numbersSchema).openapi({ description: 'By parameter; null where a trial does not have it' }),
    value: numbersSchema,
    number: countsSchema,
    weight: z
      .array(z.number())
      .readonly()
      .openapi({ description: 'Trials that each line stands for: 1, unless it is one of a sample. The best decile is drawn first' }),
  })
  .openapi('ParallelChart');

export type ParallelChart = z.infer<typeof parallelChartSchema>;

export function addParallelChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'parallel',
    operationId: 'chartParallel',
    summary: 'A line for each trial through its parameters',
    query: {
      ...figureQuery,
      ...maxPointsQuery,
      params: listOf(paramSchema, 60).optional().openapi({ description: 'Default: the first thirty that vary' }),
    },
    answer: parallelChartSchema,
  };
  addChart(app, source, route, (name, { params: names, maxPoints, ...query }) =>
    drawParams(source, name, query, { names }, ({ study, columns, revision, trials, figure, about, axes }) => ({
      revision,
      ...about,
      params: paramsOf(study, undefined).length,
      ...parallel(columns, {
        ...{ trials, figure, direction: about.direction, maxPoints, seed: study.id, axes },
        named: names !== undefined,
      }),
    })),
  );
}
