import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { pageTrials } from '../../storage/readers/page-trials.ts';
import { showTrial } from '../../storage/readers/show-trial.ts';
import type { TrialItem } from '../../storage/readers/trial-item.ts';
import { createAnswerStore } from '../answer-store.ts';
import { checkConditions, statesSchema, trialStateSchema, whereSchema } from '../filter-query.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import {
  jsonNumberSchema,
  listOf,
  metricsSchema,
  nonFiniteFlag,
  orNull,
  pageOf,
  pageQuery,
  perhaps,
  ranOnSchema,
  studyPath,
  taggedAnswersWith,
  textSchema,
  timeSchema,
  trialPath,
} from '../schemas.ts';
import { reportSchema } from './reports.ts';
import { choiceValueSchema } from './studies.ts';
import { validationSchema } from './validation.ts';

const noiseSchema = z
  .object({
    variance: z.number().openapi({ description: 'Squared standard error of the value' }),
    seeds: perhaps(z.number().int().openapi({ description: 'Number of repetitions that it was computed from' })),
  })
  .openapi({ example: { variance: 0.0004, seeds: 3 } });

const configurationSchema = z.object({
  n: z.number().int(),
  mean: jsonNumberSchema,
  sd: jsonNumberSchema,
  worst: jsonNumberSchema,
});

export const trialSchema = z
  .object({
    address: z.string().openapi({ example: 'nvda-msft#42' }),
    number: z.number().int(),
    revision: z.number().int().openapi({ description: "The study's, at the trial's last change of state; reports change none" }),
    state: trialStateSchema,
    params: z.record(z.string(), choiceValueSchema),
    value: jsonNumberSchema,
    values: perhaps(metricsSchema.openapi({ description: 'With several objectives: of each, by name' })),
    noise: perhaps(noiseSchema.openapi({ description: 'How uncertain the value is, where the trial told it' })),
    constraints: perhaps(z.array(jsonNumberSchema).readonly().openapi({ description: 'Each is met at 0 or below' })),
    feasible: perhaps(z.boolean()),
    configuration: perhaps(
      configurationSchema.openapi({ description: 'Of a study with replicates: all complete trials with these parameters' }),
    ),
    metrics: metricsSchema,
    lastReport: z.object({ step: z.number().int(), value: jsonNumberSchema }).nullable(),
    startedAt: timeSchema.nullable(),
    finishedAt: timeSchema.nullable(),
    durationMs: z.number().nullable(),
    attempt: z.number().int(),
    worker: z.string().nullable(),
    reason: perhaps(z.string()),
    error: perhaps(z.object({ code: z.string(), message: z.string(), hint: perhaps(z.string()) })),
    cancelledBy: perhaps(z.string()),
    pausedBy: perhaps(z.string()),
    repeatOf: perhaps(z.string().openapi({ description: 'The address of the trial that this one repeats, with its parameters and seed' })),
    forkedFrom: perhaps(z.object({ number: z.number().int(), step: z.number().int() })),
    ...nonFiniteFlag,
  })
  .openapi('Trial');

export const trialDetailSchema = trialSchema
  .extend({
    seed: z.number().int(),
    queuedAt: timeSchema,
    reports: z.array(reportSchema).readonly(),
    reportsTotal: z.number().int(),
    attempts: z
      .array(
        z.object({
          attempt: z.number().int(),
          worker: z.string(),
          startedAt: timeSchema,
          endedAt: timeSchema.nullable(),
          ending: z.enum(['complete', 'pruned', 'failed', 'cancelled', 'lost', 'released', 'paused', 'forked']).nullable(),
          resumedStep: z
            .int()
            .nullable()
            .meta({ description: 'the step of the checkpoint it went on from; its curve up to there is inherited' }),
          sourceHash: z.string().nullable(),
          packagesHash: z.string().nullable().meta({ description: 'of the packages and versions that package-lock.json pins' }),
          ranOn: ranOnSchema,
        }),
      )
      .readonly(),
    artifacts: z.array(z.object({ attempt: z.number().int(), role: z.string(), hash: z.string(), bytes: z.number().int() })).readonly(),
    innerReturns: orNull(
      z
        .object({
          days: z.array(z.string()).readonly().openapi({ description: 'ISO dates, in time order' }),
          returns: z.array(z.number()).readonly().openapi({ description: 'One net return per day, a fraction of the account' }),
        })
        .openapi('InnerReturns'),
    ).openapi({
      description: 'On the inner validation part; of a pruned trial those of its last report. Null: the objective returned none',
    }),
    validation: orNull(validationSchema),
  })
  .openapi('TrialDetail');

export const trialsPageSchema = pageOf(trialSchema);

/** `fields` asks for a part of each. */
const trialPart = trialSchema.partial().openapi('TrialPart');

const fieldSchema = trialSchema.keyof();

const list = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials',
  operationId: 'listTrials',
  summary: 'Trials of a study: filtered, sorted, page by page',
  request: {
    params: studyPath,
    query: z.strictObject({
      state: statesSchema.optional(),
      where: whereSchema,
      sort: textSchema.optional().openapi({
        description:
          '`number`, `value`, `duration`, `startedAt`, …, `param:<name>`, `objective:<name>` or `metric:<name>`; a minus in front for descending',
        example: '-value',
      }),
      fields: listOf(fieldSchema, fieldSchema.options.length)
        .optional()
        .openapi({ description: 'Only these members of each trial, such as `number,value,params`' }),
      ...pageQuery,
    }),
  },
  responses: taggedAnswersWith(
    z.union([trialsPageSchema, pageOf(trialPart)]),
    'A page of trials; those without the value to sort by come last',
  ),
});

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}',
  operationId: 'showTrial',
  summary: 'A trial with its reports, attempts, artifacts and validation',
  request: { params: trialPath },
  responses: taggedAnswersWith(trialDetailSchema, 'The trial'),
});

/** Bytes of pages that are kept while their tags hold: a filter of a large study reads all of its trials. */
const keptBytes = 4 * 2 ** 20;

export function addTrials(app: OpenAPIHono, { db }: RouteContext): void {
  const answers = createAnswerStore(keptBytes);
  app.openapi(list, async (c) => {
    const { study } = c.req.valid('param');
    const { fields, ...query } = c.req.valid('query');
    checkConditions(query.where ?? []);
    const respond = async () => {
      const page = await pageTrials(db, study, query);
      return c.json(fields === undefined ? page : { ...page, items: page.items.map((item) => partOf(item, fields)) }, 200);
    };
    return tagged(c, db, study, respond, { answers });
  });
  app.openapi(show, async (c) => {
    const address = c.req.valid('param');
    return tagged(c, db, address.study, async () => c.json(await showTrial(db, address), 200), { evaluated: true });
  });
}

/** Only these members, and the flag of what in them JSON cannot hold. */
function partOf(item: TrialItem, fields: readonly string[]): Partial<TrialItem> {
  const { nonFinite, ...rest } = item;
  const kept = Object.entries(rest).filter(([name]) => fields.includes(name));
  const flags = Object.entries(nonFinite ?? {}).filter(([name]) => fields.includes(name.split('.', 1)[0]!));
  return { ...Object.fromEntries(kept), ...(flags.length > 0 && { nonFinite: Object.fromEntries(flags) }) };
}
