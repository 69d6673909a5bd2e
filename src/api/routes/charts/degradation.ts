import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { readValidation } from '../../../storage/validations/read-validation.ts';
import { type ChartSource, drawTrials, fieldColumn } from '../../charts/figure.ts';
import { answerOf } from '../../charts/numbers.ts';
import { outOfSample } from '../../charts/out-of-sample.ts';
import { tagged } from '../../revision-tag.ts';
import { jsonNumberSchema, studyPath, taggedAnswersWith } from '../../schemas.ts';
import { chartPart, count, judgedMetricQuery, numberOf } from './common.ts';

export const degradationChartSchema = z
  .object({
    ...chartPart,
    metric: z.string(),
    items: z
      .array(
        z.object({
          number: count,
          inSample: jsonNumberSchema.openapi({ description: 'The metric in the search; of a trial without it the value' }),
          outOfSample: jsonNumberSchema.openapi({ description: 'Mean over the seeds, each of which trades its folds one after the other' }),
          low: jsonNumberSchema.openapi({ description: 'The lowest of any seed and fold' }),
          high: jsonNumberSchema.openapi({ description: 'The highest of any seed and fold' }),
          seeds: count,
          folds: count,
          complete: z.boolean().openapi({ description: 'False: folds are still to be evaluated' }),
        }),
      )
      .readonly()
      .openapi({ description: 'Validated trials, by number' }),
  })
  .openapi('DegradationChart');

export type DegradationChart = z.infer<typeof degradationChartSchema>;

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/charts/degradation',
  operationId: 'chartDegradation',
  summary: 'What validated trials showed in the search, and what on folds that it never saw',
  request: { params: studyPath, query: z.strictObject(judgedMetricQuery) },
  responses: taggedAnswersWith(degradationChartSchema, 'The chart'),
});

export function addDegradationChart(app: OpenAPIHono, source: ChartSource): void {
  app.openapi(show, (c) => {
    const { study: name } = c.req.valid('param');
    const { metric } = c.req.valid('query');
    const key = `metric:${metric}`;
    const respond = async () => {
      const { items } = await readValidation(source.db, name);
      const validated = items.map((item) => ({ number: numberOf(item.address), ...outOfSample(item, metric) }));
      const answer = await drawTrials(
        source,
        name,
        {},
        ['complete'],
        (study) => [fieldColumn(study, key, 'metric')],
        ({ columns, revision, trials }) => {
          const part = { total: trials.length, used: validated.length, shown: validated.length, reduced: 'none' as const };
          return answerOf({
            revision,
            ...part,
            metric,
            items: validated.map(({ number, mean, low, high, seeds, folds, complete }) => {
              const inSearch = columns.further.get(key)![number]!;
              return {
                number,
                inSample: Number.isNaN(inSearch) ? columns.value[number]! : inSearch,
                outOfSample: mean,
                low,
                high,
                seeds,
                folds,
                complete,
              };
            }),
          });
        },
      );
      return c.json(answer, 200);
    };
    return tagged(c, source.db, name, respond, { evaluated: true });
  });
}
