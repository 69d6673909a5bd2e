import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { readValidation } from '../../../storage/validations/read-validation.ts';
import { type ChartSource, drawTrials, fieldColumn } from '../../charts/figure.ts';
import { outOfSample } from '../../charts/out-of-sample.ts';
import { jsonNumberSchema } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
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
          without: count.openapi({
            description: 'Evaluations of a seed on a fold that have no such figure, or NaN; `low` and `high` are of the others',
          }),
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

export function addDegradationChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'degradation',
    operationId: 'chartDegradation',
    summary: 'What validated trials showed in the search, and what on folds that it never saw',
    query: judgedMetricQuery,
    answer: degradationChartSchema,
  };
  const read = async (name: string, { metric }: { readonly metric: string }): Promise<DegradationChart> => {
    const { items } = await readValidation(source.db, name);
    const key = `metric:${metric}`;
    return drawTrials(
      source,
      name,
      {},
      ['complete'],
      (study) => [fieldColumn(study, key, 'metric')],
      ({ columns, revision, trials }) => {
        const found = items.map((item) => {
          const number = numberOf(item.address);
          const inSearch = columns.further.get(key)![number]!;
          const { mean: outside, ...seen } = outOfSample(item, metric);
          return { number, inSample: Number.isNaN(inSearch) ? columns.value[number]! : inSearch, outOfSample: outside, ...seen };
        });
        const used = found.filter(({ inSample, outOfSample: outside }) => !Number.isNaN(inSample) && !Number.isNaN(outside)).length;
        return { revision, total: trials.length, used, shown: used, reduced: 'none', metric, items: found };
      },
    );
  };
  addChart(app, source, route, read, () => ({ evaluated: true }));
}
