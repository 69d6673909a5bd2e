import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { readChartBand, readChartLines } from '../../../storage/readers/chart-curves.ts';
import { chooseCurves, curves, pointsOfLine } from '../../charts/curves.ts';
import { type ChartSource, drawFigure } from '../../charts/figure.ts';
import { listOf, perhaps, textSchema, wholeNumberFrom } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, countsSchema, figureQuery, numbersSchema, stateLetterSchema } from './common.ts';

export const curvesChartSchema = z
  .object({
    ...chartPart,
    metric: z.string().nullable().openapi({ description: 'Null: the reported value' }),
    axis: z.enum(['step', 'time']).openapi({ description: '`time`: milliseconds since the attempt began' }),
    curves: z
      .array(
        z.object({
          number: count,
          state: stateLetterSchema,
          attempt: count.openapi({ description: 'The newest' }),
          step: numbersSchema.openapi({ description: 'Place on the axis' }),
          value: numbersSchema,
          reports: count.openapi({ description: 'How many there are; thinned, each stretch keeps its lowest and highest value' }),
          endedAt: perhaps(z.number().openapi({ description: 'Place on the axis of the last report; absent while the trial is open' })),
        }),
      )
      .readonly(),
    band: z
      .object({
        step: numbersSchema,
        q10: numbersSchema,
        q50: numbersSchema,
        q90: numbersSchema,
        n: countsSchema.openapi({ description: 'Curves that reach the step' }),
        trials: count.openapi({ description: 'Curves that it is taken from' }),
        of: count.openapi({ description: 'Trials that match; more than `trials`: it is taken from a sample' }),
      })
      .openapi({ description: 'Deciles and median over all curves; a curve counts with its last value in each step' }),
  })
  .openapi('CurvesChart');

export type CurvesChart = z.infer<typeof curvesChartSchema>;

const mostLines = 100;

const numbersQuery = listOf(z.string().regex(/^(0|[1-9][0-9]{0,8})$/, 'numbers of trials, joined by commas'), mostLines);

export function addCurvesChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'curves',
    operationId: 'chartCurves',
    summary: 'Curves of the best trials and of a sample of the others, and the deciles of all',
    query: {
      ...figureQuery,
      metric: textSchema.optional().openapi({ description: 'Draw this reported metric instead of the reported value' }),
      numbers: numbersQuery.optional().openapi({ description: 'Only these trials' }),
      top: wholeNumberFrom(0, mostLines).default(20).openapi({ default: 20, description: 'Number of the best trials' }),
      random: wholeNumberFrom(0, mostLines)
        .default(20)
        .openapi({ default: 20, description: 'Number of other trials, the same in each answer' }),
      maxSteps: wholeNumberFrom(10, 1000)
        .default(200)
        .openapi({ default: 200, description: 'Most points of a curve; fewer where there are many curves' }),
      x: z.enum(['step', 'time']).default('step'),
    },
    answer: curvesChartSchema,
  };
  addChart(app, source, route, async (name, { metric, numbers, top, random, maxSteps, x: axis, ...query }) => {
    const { study, revision, chosen } = await drawFigure(
      source,
      name,
      query,
      null,
      () => [],
      ({ study: of, columns, revision: at, trials, figure, about }) => ({
        study: of,
        revision: at,
        chosen: chooseCurves(columns, {
          ...{ trials, figure, direction: about.direction, top, random, seed: of.id },
          numbers: numbers?.map(Number) ?? null,
        }),
      }),
    );
    const wanted = { axis, metric: metric ?? null };
    const read = {
      lines: await readChartLines(source.db, study.id, [...chosen.lines.keys()], wanted, pointsOfLine(chosen, maxSteps)),
      band: await readChartBand(source.db, study.id, [...chosen.band], wanted, maxSteps),
    };
    return { revision, ...wanted, ...curves(chosen, read) };
  });
}
