import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { AssayError } from '../../../core/errors.ts';
import { compileSpace, type FlatParam } from '../../../search/space/compile.ts';
import { objectiveAt } from '../../../storage/readers/front.ts';
import type { StudyRow } from '../../../storage/schema/rows.ts';
import { mostParamsOf, paramColumn, paramsOf } from '../../charts/axis.ts';
import { type ChartSource, drawTrials, fieldColumn } from '../../charts/figure.ts';
import { importanceChart } from '../../charts/importance.ts';
import { textSchema } from '../../schemas.ts';
import { addChart } from './add-chart.ts';
import { chartPart, count, filterQuery } from './common.ts';

export const importanceMethods = ['ped-anova', 'fanova', 'mdi'] as const;

export const importanceChartSchema = z
  .object({
    ...chartPart,
    objective: z.string().nullable().openapi({ description: 'Null: the only one, or all of several' }),
    method: z.enum(importanceMethods),
    items: z
      .array(
        z.object({
          name: z.string(),
          value: z.number().openapi({ description: 'Share from 0 to 1; all together 1' }),
          low: z.number().openapi({ description: 'Lower end of the interval of resampled trials' }),
          high: z.number(),
        }),
      )
      .readonly()
      .openapi({ description: 'The most important first' }),
    trialsUsed: count.openapi({ description: 'Complete trials with finite values that it is taken from; a sample of many' }),
    notes: z.array(z.string()).readonly().openapi({ description: 'What limits the answer' }),
  })
  .openapi('ImportanceChart');

export type ImportanceChart = z.infer<typeof importanceChartSchema>;

/** @throws AssayError `usage` if there are more than a chart reads: shares of some of them would be no shares */
function everyParam(study: StudyRow): readonly FlatParam[] {
  const [params, most] = [paramsOf(study, undefined), mostParamsOf(study)];
  if (params.length <= most) return params;
  throw new AssayError(
    'usage',
    `${study.name} has ${params.length} parameters, and a chart of all of them reads at most ${most} of so many trials`,
    {
      place: 'study',
      hint: `assay importance ${study.name} takes all of them; the charts slice and parallel take those that \`params\` names`,
    },
  );
}

export function addImportanceChart(app: OpenAPIHono, source: ChartSource): void {
  const route = {
    kind: 'importance',
    operationId: 'chartImportance',
    summary: 'Which parameters decide, with intervals',
    query: {
      where: filterQuery.where,
      objective: textSchema.optional().openapi({ description: 'Of several objectives, this one alone; the forests need one' }),
      method: z.enum(importanceMethods).default('ped-anova'),
    },
    answer: importanceChartSchema,
    description: 'Parameters, the most important first',
  };
  addChart(app, source, route, (name, { where, objective, method }) =>
    drawTrials(
      source,
      name,
      { where },
      ['complete'],
      (study) => [
        ...everyParam(study).map((param) => paramColumn(study, param)),
        ...(study.objectives ?? []).slice(1).map((goal) => fieldColumn(study, `objective:${goal.name}`, 'objective')),
      ],
      ({ study, columns, revision, trials }) => {
        const goals = study.objectives ?? [];
        return {
          revision,
          objective: objective ?? null,
          ...importanceChart(columns, {
            space: compileSpace(study.space),
            directions: goals.length === 0 ? [study.direction] : goals.map(({ direction }) => direction),
            objectiveKeys: goals.slice(1).map((goal) => `objective:${goal.name}`),
            objective: objective === undefined ? undefined : objectiveAt(study, objective),
            method,
            trials,
            seed: study.id,
          }),
        };
      },
    ),
  );
}
