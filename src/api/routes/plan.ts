import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { usualModels, usualSeeds } from '../../runner/evaluate/usual-seeds.ts';
import { planDocument } from '../../runner/plan/plan-document.ts';
import { storedPlan } from '../../runner/plan/stored-plan.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import { jsonNumberSchema, nonFiniteFlag, perhaps, studyPath, taggedAnswersWith, wholeNumberFrom } from '../schemas.ts';

const count = z.number().int();
const mostPlanned = 1_000_000;

export const planSchema = z
  .object({
    study: z.string(),
    policy: z.string().openapi({ description: 'Name of the gate policy that its trials are promoted by' }),
    scheme: z.null().openapi({ description: "The folds are the study's own" }),
    windows: z
      .array(
        z.object({
          use: z.enum(['search training', 'inner validation', 'fold training', 'fold test', 'left over', 'vault']),
          fold: count.nullable(),
          firstDay: z.string().openapi({ description: 'Trading date of the first session', example: '2024-01-02' }),
          lastDay: z.string(),
          sessions: count,
          purged: count.openapi({ description: 'Sessions left out behind it' }),
        }),
      )
      .readonly()
      .openapi({ description: 'Parts of the data in the order of their use, the vault as the last; empty: the study does not tell them' }),
    evidence: z.object({ steps: count, days: count, folds: perhaps(count), shortestFold: perhaps(count) }).openapi({
      description: 'Out-of-sample steps and days of each seed',
    }),
    planned: z.object({
      trials: count.nullable().openapi({ description: 'Null: the budget has no limit of trials' }),
      seedsPerTrial: count,
      models: count,
      seeds: count,
      folds: count,
      looks: count,
      days: count,
      innerDays: count.nullable(),
      sessionsPerYear: z.number(),
      level: z.number().nullable(),
    }),
    trainings: z.object({ search: count.nullable(), validation: count }),
    power: z
      .object({
        level: z.number(),
        perLook: z.number().openapi({ description: 'Level of each look: 1 - (1 - level)^(1 / looks)' }),
        power: z.number(),
        dailySharpe: jsonNumberSchema,
        annualSharpe: jsonNumberSchema,
        daysFor: z.array(z.object({ annualSharpe: z.number(), days: count })).readonly(),
        ...nonFiniteFlag,
      })
      .nullable()
      .openapi({ description: 'Smallest true Sharpe ratio that passes the gate `evidence`; null: the gate policy does not ask for it' }),
    luck: z
      .object({ annualSharpe: jsonNumberSchema, yearsForOne: jsonNumberSchema, ...nonFiniteFlag })
      .nullable()
      .openapi({ description: 'What the best of all trials shows on the inner days without any skill' }),
    warnings: z.array(z.string()).readonly(),
  })
  .openapi('StudyPlan');

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/plan',
  operationId: 'showPlan',
  summary: 'What a study can show: windows, trainings, and the smallest Sharpe ratio that can pass its gates',
  description:
    'From what was stored when the study was opened last, without its file and data. 404 too where that has no folds: a study without a walk-forward, or opened by an earlier release.',
  request: {
    params: studyPath,
    query: z.strictObject({
      top: wholeNumberFrom(1, mostPlanned)
        .default(usualModels)
        .openapi({ default: usualModels, description: 'Models that will be judged' }),
      seeds: wholeNumberFrom(1, mostPlanned)
        .default(usualSeeds)
        .openapi({ default: usualSeeds, description: 'Trainings of each on each fold' }),
      looks: wholeNumberFrom(1, mostPlanned).optional().openapi({
        description:
          'Models judged on the test days in all, over all studies, at least `top`; default: `top`, or the looks so far if they are more',
      }),
    }),
  },
  responses: taggedAnswersWith(planSchema, 'The plan'),
});

export function addPlan(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(show, async (c) => {
    const { study } = c.req.valid('param');
    const { top: models, seeds, looks } = c.req.valid('query');
    const respond = async () => c.json({ ...planDocument(await storedPlan(db, study, { models, seeds, looks })), scheme: null }, 200);
    return tagged(c, db, study, respond, { evaluated: true });
  });
}
