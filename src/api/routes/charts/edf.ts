import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { edf } from '../../charts/edf.ts';
import { type ChartSource, drawFigure } from '../../charts/figure.ts';
import { answerOf } from '../../charts/numbers.ts';
import { tagged } from '../../revision-tag.ts';
import { listOf, nameSchema, studyPath, taggedAnswersWith } from '../../schemas.ts';
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

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/charts/edf',
  operationId: 'chartEdf',
  summary: 'The share of the trials with at most each value, of one or several studies',
  request: {
    params: studyPath,
    query: z.strictObject({
      ...figureQuery,
      studies: listOf(nameSchema, 9).optional().openapi({ description: 'Further studies, asked the same' }),
    }),
  },
  responses: taggedAnswersWith(edfChartSchema, 'The chart'),
});

export function addEdfChart(app: OpenAPIHono, source: ChartSource): void {
  app.openapi(show, (c) => {
    const { study: name } = c.req.valid('param');
    const { studies = [], ...query } = c.req.valid('query');
    const others = [...new Set(studies)].filter((other) => other !== name);
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
    const respond = async () => {
      const [own, ...rest] = await Promise.all([name, ...others].map(stepsOf));
      const { revision, about, item } = own!;
      const { total, used } = item;
      const part = { total, used, shown: item.value.length, reduced: item.value.length < used ? ('bins' as const) : ('none' as const) };
      return c.json(answerOf({ revision, ...about, ...part, items: [item, ...rest.map((other) => other.item)] }), 200);
    };
    return tagged(c, source.db, name, respond, { others, answers: source.answers });
  });
}
