import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { findTrial } from '../../storage/readers/find.ts';
import { readPaths } from '../../storage/validations/read-paths.ts';
import { readReturns } from '../../storage/validations/read-returns.ts';
import { readValidation } from '../../storage/validations/read-validation.ts';
import { stressKinds } from '../../validation/gates/checks-evidence.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import {
  jsonNumberSchema,
  metricsSchema,
  nonFiniteFlag,
  perhaps,
  ranOnSchema,
  taggedAnswersWith,
  timeSchema,
  trialPath,
} from '../schemas.ts';

const foldSchema = z
  .object({
    fold: z.number().int(),
    seed: z.number().int().nullable().openapi({ description: 'Null for a baseline' }),
    trainStart: timeSchema,
    trainEnd: timeSchema,
    testStart: timeSchema,
    testEnd: timeSchema,
    purgedBars: z.number().int(),
    metrics: metricsSchema,
    earlyTerminations: z.number().int(),
    ranOn: ranOnSchema,
    ...nonFiniteFlag,
  })
  .openapi('Fold');

const baselineSchema = z
  .object({ name: z.string(), folds: z.array(foldSchema).readonly(), metrics: metricsSchema, ...nonFiniteFlag })
  .openapi('Baseline');

const placeSchema = z.object({ what: z.enum(['feature', 'learnt', 'action', 'fill']), name: z.string(), row: z.number().int() });

const count = z.number().int();

const checksSchema = z
  .object({
    lookAhead: z
      .object({ rows: count, changed: count, first: placeSchema.nullable() })
      .nullable()
      .openapi({ description: 'Rows after which the data were cut or replaced by noise, and those up to which something changed' }),
    causal: z.object({ cuts: count, changed: count, first: z.string().nullable() }).nullable(),
    deterministic: z
      .object({
        repeated: count,
        different: count.openapi({ description: 'In any bit, repeated on the same kind of machine' }),
        elsewhere: perhaps(
          z
            .array(z.number())
            .readonly()
            .openapi({ description: 'Largest difference of a return of each that was repeated on another kind' }),
        ),
        first: z.string().nullable(),
      })
      .nullable(),
    dataQuality: z
      .object({
        bars: count,
        missingBars: count.nullable(),
        faults: z.array(z.object({ kind: z.string(), count, place: z.string() })).readonly(),
      })
      .nullable(),
    stress: z
      .array(z.object({ kind: z.enum(stressKinds), totalReturn: jsonNumberSchema, sharpeDaily: jsonNumberSchema, ...nonFiniteFlag }))
      .readonly()
      .openapi({ description: 'Of the mean of the seeds, all folds one after the other' }),
  })
  .openapi('Checks');

export const validationSchema = z
  .object({
    address: z.string(),
    definitionHash: z.string(),
    seeds: z.array(z.number().int()).readonly(),
    folds: z.array(foldSchema).readonly(),
    expected: z.number().int().openapi({ description: 'How many folds there are when all is done' }),
    metrics: metricsSchema.openapi({ description: 'Means over seeds, each of which trades its folds one after the other on one account' }),
    baselines: z.array(baselineSchema).readonly(),
    trialsTried: z.number().int(),
    checks: checksSchema.nullable().openapi({ description: 'Null: nothing was checked' }),
    looks: z.number().int().nullable().openapi({
      description:
        'Distinct models that any study judged on the most looked-at of these test days, this one included; null: the data are not known',
    }),
    ...nonFiniteFlag,
  })
  .openapi('Validation');

export const validationsSchema = z.object({ items: z.array(validationSchema).readonly() });

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/validation',
  operationId: 'readValidation',
  summary: 'The newest walk-forward of a trial, on folds that the search never saw',
  request: { params: trialPath },
  responses: taggedAnswersWith(validationsSchema, 'One item, or none for a trial that was never validated'),
});

export const returnsSchema = z.object({
  address: z.string(),
  items: z
    .array(
      z
        .object({
          subject: z.string().openapi({ description: '`policy`, or the name of a baseline' }),
          seed: z.number().int().nullable().openapi({ description: 'Null for a baseline' }),
          fold: z.number().int(),
          testStart: timeSchema,
          testEnd: timeSchema,
          dailyReturns: z
            .array(jsonNumberSchema)
            .readonly()
            .openapi({ description: 'One net return per session, a fraction of the account, in time order' }),
          ...nonFiniteFlag,
        })
        .openapi('FoldReturns'),
    )
    .readonly(),
});

const returns = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/returns',
  operationId: 'readReturns',
  summary: 'The daily returns of the newest walk-forward of a trial, fold by fold, and those of the baselines',
  request: { params: trialPath },
  responses: taggedAnswersWith(returnsSchema, 'Returns by subject, seed and fold; no items for a trial that was never validated'),
});

export const pathsSchema = z
  .object({
    address: z.string(),
    scheme: z.string().nullable().openapi({ description: '`cpcv:6,2`; null: the trial has no combinatorial validation' }),
    seeds: z.array(count).readonly().openapi({ description: 'Seeds of which every split is evaluated' }),
    asked: count.openapi({ description: 'How many seeds were asked for' }),
    sharpeDaily: z
      .object({ p05: jsonNumberSchema, p50: jsonNumberSchema, p95: jsonNumberSchema })
      .openapi({ description: 'Quantiles of the daily Sharpe ratios of all paths and seeds' }),
    items: z
      .array(
        z
          .object({
            seed: count,
            path: count,
            days: count,
            totalReturn: jsonNumberSchema,
            sharpeDaily: jsonNumberSchema,
            maxDrawdown: jsonNumberSchema,
            ...nonFiniteFlag,
          })
          .openapi('ValidationPath'),
      )
      .readonly(),
    folds: z
      .array(
        z
          .object({
            fold: count,
            groups: z.array(count).readonly(),
            trainedSessions: count,
            testedSessions: count,
            purgedSessions: count,
            embargoedSessions: count,
          })
          .openapi('ValidationSplit'),
      )
      .readonly(),
    ...nonFiniteFlag,
  })
  .openapi('ValidationPaths');

const paths = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/paths',
  operationId: 'readPaths',
  summary: 'The paths of the newest combinatorial validation of a trial: robustness, no evidence for a promotion',
  request: { params: trialPath },
  responses: taggedAnswersWith(pathsSchema, 'Paths by seed; none for a trial without such a validation'),
});

export function addValidation(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(returns, async (c) => {
    const address = c.req.valid('param');
    return tagged(c, db, address.study, async () => c.json(await readReturns(db, address), 200), { evaluated: true });
  });
  app.openapi(paths, async (c) => {
    const address = c.req.valid('param');
    return tagged(c, db, address.study, async () => c.json(await readPaths(db, address), 200), { evaluated: true });
  });
  app.openapi(show, async (c) => {
    const address = c.req.valid('param');
    const respond = async () => {
      await findTrial(db, address);
      return c.json(await readValidation(db, address.study, address), 200);
    };
    return tagged(c, db, address.study, respond, { evaluated: true });
  });
}
