import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { ChartSource } from '../../charts/figure.ts';
import { answerOf } from '../../charts/numbers.ts';
import { drawParams } from '../../charts/param-figure.ts';
import { slice } from '../../charts/slice.ts';
import { tagged } from '../../revision-tag.ts';
import { listOf, studyPath, taggedAnswersWith } from '../../schemas.ts';
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

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/charts/slice',
  operationId: 'chartSlice',
  summary: 'The value against each of some parameters, with quartiles',
  request: {
    params: studyPath,
    query: z.strictObject({
      ...figureQuery,
      ...maxPointsQuery,
      params: listOf(paramSchema, 12).openapi({ description: 'Twelve at most' }),
    }),
  },
  responses: taggedAnswersWith(sliceChartSchema, 'The chart'),
});

export function addSliceChart(app: OpenAPIHono, source: ChartSource): void {
  app.openapi(show, (c) => {
    const { study: name } = c.req.valid('param');
    const { params: names, maxPoints, ...query } = c.req.valid('query');
    return tagged(
      c,
      source.db,
      name,
      async () =>
        c.json(
          await drawParams(source, name, query, { names }, ({ study, columns, revision, trials, figure, about, axes }) =>
            answerOf({ revision, ...about, ...slice(columns, { trials, figure, axes, maxPoints, seed: study.id }) }),
          ),
          200,
        ),
      { answers: source.answers },
    );
  });
}
