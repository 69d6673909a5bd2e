import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { contour } from '../../charts/contour.ts';
import type { ChartSource } from '../../charts/figure.ts';
import { drawParams } from '../../charts/param-figure.ts';
import { listOf, wholeNumberFrom } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { axisSchema, chartPart, count, countsSchema, figurePart, figureQuery, numbersSchema, paramSchema } from './common.ts';

export const contourChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    inCells: count.openapi({ description: 'Trials in the cells; fewer than `used`: a choice has more values than are drawn' }),
    axes: z.array(axisSchema).length(2).readonly().openapi({ description: 'Of `x` and of `y`' }),
    x: numbersSchema.openapi({ description: 'Middles of the cells; on a log axis geometric' }),
    y: numbersSchema,
    z: z.array(numbersSchema).readonly().openapi({ description: 'Mean of each cell, a list for each `y`; null where empty' }),
    n: z.array(countsSchema).readonly(),
    points: z.object({ x: numbersSchema, y: numbersSchema, value: numbersSchema, number: countsSchema }),
  })
  .openapi('ContourChart');

export type ContourChart = z.infer<typeof contourChartSchema>;

export function addContourChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'contour',
    operationId: 'chartContour',
    summary: 'The mean value over cells of two parameters',
    query: {
      ...figureQuery,
      pair: listOf(paramSchema, 2).refine((names) => names.length === 2 && names[0] !== names[1], 'two parameters, joined by a comma'),
      cells: wholeNumberFrom(4, 48)
        .default(32)
        .openapi({ default: 32, description: 'Along each axis, and values of a choice that are drawn' }),
    },
    answer: contourChartSchema,
  };
  addChart(app, source, route, (name, { pair: names, cells, ...query }) =>
    drawParams(source, name, query, { names, place: 'pair' }, ({ study, columns, revision, trials, figure, about, axes }) => ({
      revision,
      ...about,
      ...contour(columns, { trials, figure, axes: [axes[0]!, axes[1]!], cells, seed: study.id }),
    })),
  );
}
