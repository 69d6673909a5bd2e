import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { AssayError } from '../../../core/errors.ts';
import type { Goal } from '../../../search/trial/history.ts';
import type { StudyRow } from '../../../storage/schema/rows.ts';
import { type ChartSource, drawTrials, fieldColumn } from '../../charts/figure.ts';
import { front } from '../../charts/front.ts';
import { objectivesSchema, orNull } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, countsSchema, filterQuery, maxPointsQuery, numbersSchema } from './common.ts';

export const frontChartSchema = z
  .object({
    ...chartPart,
    objectives: objectivesSchema,
    size: count.openapi({ description: 'Trials of the Pareto set; `points` may hold fewer of them' }),
    points: z.object({
      values: z.record(z.string(), numbersSchema).openapi({ description: 'By objective' }),
      number: countsSchema,
      onFront: z.array(z.boolean()).readonly(),
      feasible: z.array(z.boolean()).readonly(),
    }),
    hypervolume: orNull(
      z.object({
        number: countsSchema.openapi({ description: 'The trials up to and including this one' }),
        value: numbersSchema,
      }),
    ).openapi({ description: 'Null: the study has no reference point, or the set is too large to be measured' }),
  })
  .openapi('FrontChart');

export type FrontChart = z.infer<typeof frontChartSchema>;

/** @throws AssayError `usage` for a study with one objective */
function goalsOf({ name, objectives }: StudyRow): readonly Goal[] {
  if (objectives !== null) return objectives;
  throw new AssayError('usage', `${name} has one objective, and so no trade-offs`, {
    place: 'study',
    hint: 'the history has its best trials',
  });
}

export function addFrontChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'front',
    operationId: 'chartFront',
    summary: 'Trials by their objectives, the Pareto set, and how its hypervolume grew',
    query: { where: filterQuery.where, ...maxPointsQuery },
    answer: frontChartSchema,
  };
  addChart(app, source, route, (name, { where, maxPoints }) =>
    drawTrials(
      source,
      name,
      { where },
      ['complete'],
      (study) =>
        goalsOf(study)
          .slice(1)
          .map((goal) => fieldColumn(study, `objective:${goal.name}`, 'objective')),
      ({ study, columns, revision, trials }) => {
        const goals = goalsOf(study);
        const values = goals.map((goal, i) => (i === 0 ? columns.value : columns.further.get(`objective:${goal.name}`)!));
        return { revision, objectives: goals, ...front(columns, { trials, goals, values, maxPoints, seed: study.id }) };
      },
    ),
  );
}
