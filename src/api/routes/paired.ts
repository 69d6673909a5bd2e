import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { comparePaired } from '../../registry/compare-models.ts';
import { comparedItem } from '../../storage/readers/compared-item.ts';
import { readAblations } from '../../storage/validations/read-ablation.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, conflictingAnswersWith, jsonNumberSchema, judgedSchema, nonFiniteFlag, studyPath } from '../schemas.ts';

const ratio = (description: string) => jsonNumberSchema.openapi({ description });

/** What a pair of a fold and a seed says. */
const pairSchema = z.object({ seed: z.number().int(), difference: jsonNumberSchema, ...nonFiniteFlag });

/** Members of every paired comparison. */
function comparedSchema<Pair extends z.ZodType>(pair: Pair) {
  return z.object({
    arm: z.string().openapi({ description: 'What is compared with the reference' }),
    reference: z.string(),
    value: ratio('Mean daily Sharpe ratio over trials and seeds, all test days in a row'),
    referenceValue: ratio('The same of the reference'),
    difference: ratio('`value` minus `referenceValue`'),
    low: ratio('Lower end of the interval of the difference, from blocks of days that both share'),
    high: ratio('Upper end'),
    level: z.number().openapi({ description: 'Of the interval' }),
    days: z.number().int(),
    foldsAbove: z.number().int(),
    foldsBelow: z.number().int(),
    foldsEqual: z.number().int(),
    folds: z
      .array(
        z.object({
          fold: z.number().int(),
          value: jsonNumberSchema,
          referenceValue: jsonNumberSchema,
          difference: jsonNumberSchema,
          seeds: z.array(pair).readonly(),
          ...nonFiniteFlag,
        }),
      )
      .readonly(),
    ...nonFiniteFlag,
  });
}

export const pairedSchema = comparedSchema(pairSchema).extend({
  pairsAbove: z.number().int().openapi({ description: 'Pairs of a fold and a seed in which the challenger is above' }),
  pairsBelow: z.number().int(),
  pairsEqual: z.number().int(),
  trial: z.string().openapi({ description: 'Address of the challenger' }),
  referenceTrial: z.string().openapi({ description: 'Address of the trial that was judged as the reference' }),
});

export const ablationsSchema = z.object({
  items: z
    .array(
      z.object({
        varied: z.array(z.string()).readonly().openapi({ description: 'What the arms differ in' }),
        reference: z.string().openapi({ description: 'The arm that was evaluated first' }),
        trials: z.array(z.number().int()).readonly().openapi({ description: 'Trials that every arm has evaluated' }),
        seeds: z.array(z.number().int()).readonly(),
        items: z
          .array(comparedSchema(pairSchema.extend({ number: z.number().int() })))
          .readonly()
          .openapi({ description: 'Empty: nothing is common to all arms' }),
      }),
    )
    .readonly(),
});

const paired = createRoute({
  method: 'get',
  path: '/v1/compare/paired',
  operationId: 'comparePaired',
  summary: 'Two validated trials or models, paired by fold, seed and day',
  request: { query: z.strictObject({ reference: judgedSchema, challenger: judgedSchema }) },
  responses: conflictingAnswersWith(pairedSchema, 'The challenger against the reference'),
});

const ablations = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/ablations',
  operationId: 'listAblations',
  summary: 'What `assay ablate` found: each arm against the reference, in pairs',
  request: { params: studyPath },
  responses: answersWith(ablationsSchema, 'The ablations of the study, the first evaluated first'),
});

export function addPaired(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(paired, async (c) => {
    const { reference, challenger } = c.req.valid('query');
    const compared: z.infer<typeof pairedSchema> = comparedItem(await comparePaired(db, reference, challenger));
    return c.json(compared, 200);
  });
  app.openapi(ablations, async (c) => c.json(await readAblations(db, c.req.valid('param').study), 200));
}
