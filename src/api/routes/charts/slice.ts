import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ChartSource } from '../../charts/figure.ts';
import { drawParams } from '../../charts/param-figure.ts';
import { slice } from '../../charts/slice.ts';
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
  stateLetterSchema,
} from './common.ts';

/** Not an extension: the document would refer to the axis, which may be a choice or not. */
const slicedSchema = z.object({
  ...axisSchema.shape,
  used: count.openapi({ description: 'Trials that have this parameter and a value' }),
  x: numbersSchema,
  y: numbersSchema,
  number: countsSchema,
  state: z.array(stateLetterSchema).readonly(),
  medianBand: z
    .object({ x: numbersSchema, low: numbersSchema, mid: numbersSchema, high: numbersSchema, n: countsSchema })
    .openapi({ description: 'Quartiles of all used trials, in bins of the axis or by choice; `x` is the middle of the bin' }),
});

export const sliceChartSchema = z.object({ ...chartPart, ...figurePart, params: z.array(slicedSchema).readonly() }).openapi('SliceChart');

export type SliceChart = z.infer<typeof sliceChartSchema>;

export function addSliceChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'slice',
    operationId: 'chartSlice',
    summary: 'The value against each of some parameters, with quartiles',
    query: { ...figureQuery, ...maxPointsQuery, params: listOf(paramSchema, 12).openapi({ description: 'Twelve at most' }) },
    answer: sliceChartSchema,
  };
  addChart(app, source, route, (name, { params: names, maxPoints, ...query }) =>
    drawParams(source, name, query, { names }, ({ study, columns, revision, trials, figure, about, axes }) => ({
      revision,
      ...about,
      ...slice(columns, { trials, figure, axes, maxPoints, seed: study.id }),
    })),
  );
}
