import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { edf } from '../../charts/edf.ts';
import { type ChartSource, drawFigure } from '../../charts/figure.ts';
import { listOf, nameSchema } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, figurePart, figureQuery, numbersSchema } from './common.ts';

export const edfChartSchema = z
  .object({
    ...chartPart,
    ...figurePart,
    items: z
      .array(z.object({ study: z.string(), total: count, used: count, value: numbersSchema, share: z.array(z.number()).readonly() }))
      .readonly()
      .openapi({ description: 'This study first. `share`: of the used trials, those with a value of at most `value`; 200 steps at most' }),
  })
  .openapi('EdfChart');

export type EdfChart = z.infer<typeof edfChartSchema>;

export function addEdfChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'edf',
    operationId: 'chartEdf',
    summary: 'The share of the trials with at most each value, of one or several studies',
    query: {
      ...figureQuery,
      studies: listOf(nameSchema, 9).optional().openapi({ description: 'Further studies, asked the same' }),
    },
    answer: edfChartSchema,
  };
  addChart(
    app,
    source,
    route,
    async (name, { studies = [], ...query }) => {
      const stepsOf = (study: string) =>
        drawFigure(
          source,
          study,
          query,
          ['complete'],
          () => [],
          ({ revision, trials, figure, about }) => ({
            revision,
            about,
            item: { study, ...edf(trials, figure) },
          }),
        );
      const [own, ...rest] = await Promise.all([...new Set([name, ...studies])].map(stepsOf));
      const { revision, about, item } = own!;
      const { total, used } = item;
      const part = { total, used, shown: item.value.length, reduced: item.value.length < used ? ('bins' as const) : ('none' as const) };
      return { revision, ...about, ...part, items: [item, ...rest.map((other) => other.item)] };
    },
    ({ studies }) => ({ others: studies ?? [], answers: source.answers }),
  );
}
