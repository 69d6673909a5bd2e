import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Json } from '../../core/json.ts';
import type { ParamJson } from '../../search/space/param.ts';
import type { ModuleRef } from '../../search/study/storage.ts';
import { listStudies, studySorts } from '../../storage/readers/list-studies.ts';
import { type StudyDetail, showStudy } from '../../storage/readers/show-study.ts';
import { studyStates } from '../../storage/readers/study-item.ts';
import { tagged } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import {
  answersWith,
  desiredStateSchema,
  directionSchema,
  jsonNumberSchema,
  nonFiniteFlag,
  objectivesSchema,
  orNull,
  pageOf,
  pageQuery,
  perhaps,
  studyPath,
  taggedAnswersWith,
  textSchema,
  timeSchema,
} from '../schemas.ts';

const studyState = z.enum(studyStates);

export const countsSchema = z.object({
  queued: z.number().int(),
  running: z.number().int(),
  paused: z.number().int(),
  complete: z.number().int(),
  pruned: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
});

const budgetSchema = z.object({
  trials: z.number().int(),
  timeMs: perhaps(z.number().openapi({ description: 'Time in which at least one trial was under way' })),
  steps: perhaps(z.number().int()),
  countFailed: perhaps(z.boolean()),
  stopWhen: perhaps(
    z.object({
      target: perhaps(z.number()),
      noImprovement: perhaps(z.number().int()),
      unlikelyToPay: perhaps(z.object({ minTrials: z.number().int(), horizon: z.number().int(), minGain: z.number() })),
      failed: perhaps(z.number().int()),
    }),
  ),
});

export const studySchema = z
  .object({
    name: z.string(),
    state: studyState,
    desiredState: desiredStateSchema,
    group: z.string().nullable().openapi({ description: 'Studies that are frozen together' }),
    freeze: z
      .object({
        holds: z.boolean().openapi({ description: 'True: it takes no trials; false: it is the study that works to pass the gates' }),
        study: z.string().openapi({ description: 'The study that works' }),
        policy: z.string().openapi({ description: 'The gate policy that a trial of it has to pass' }),
        since: timeSchema,
        by: z.string(),
      })
      .nullable()
      .openapi({ description: 'The freeze of its group that stands' }),
    direction: directionSchema.openapi({ description: 'Of the first objective' }),
    objectives: objectivesSchema,
    best: jsonNumberSchema,
    bestAddress: z.string().nullable(),
    counts: countsSchema,
    budget: budgetSchema,
    endedBecause: z.string().nullable().openapi({ description: 'Why no more trials were asked for, where a rule of the budget said so' }),
    trialsPerHour: z.number().nullable().openapi({ description: 'Over the last ten minutes; null: no trial ended then, or none runs now' }),
    etaMs: z.number().nullable(),
    revision: z.number().int(),
    createdAt: timeSchema,
    updatedAt: timeSchema,
    ...nonFiniteFlag,
  })
  .openapi('Study');

export const choiceValueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The parameter exists only while another one has one of these values. */
const guard = { when: perhaps(z.object({ param: z.string(), in: z.array(choiceValueSchema).readonly() })) };

const range = { low: z.number(), high: z.number() };

const paramSchema: z.ZodType<ParamJson> = z
  .lazy(() =>
    z.discriminatedUnion('type', [
      z.object({ type: z.enum(['float', 'int']), ...range, log: perhaps(z.literal(true)), step: perhaps(z.number()), ...guard }),
      z.object({ type: z.literal('choice'), choices: z.array(choiceValueSchema).readonly(), ...guard }),
      z.object({ type: z.literal('branch'), cases: z.record(z.string(), z.record(z.string(), paramSchema)), ...guard }),
      z.object({ type: z.literal('repeat'), ...range, of: z.record(z.string(), paramSchema), ...guard }),
    ]),
  )
  .openapi('Param');

const algorithmSchema = z.object({
  id: z.string(),
  options: z.custom<Json>((value) => value !== undefined).openapi({ type: 'object', additionalProperties: true }),
});

export const studyDetailSchema = studySchema
  .extend({
    space: z.record(z.string(), paramSchema),
    spaceHash: z.string(),
    sampler: algorithmSchema,
    pruner: algorithmSchema,
    pruneOn: z.object({ metric: z.string(), direction: directionSchema }).nullable(),
    replicates: perhaps(
      z.union([z.literal('auto'), z.number().int()]).openapi({ description: 'How often a configuration is tried; absent: once' }),
    ),
    warmStart: perhaps(
      z
        .array(
          z.object({
            study: z.string(),
            trials: z.number().int().openapi({ description: 'Complete trials that were taken' }),
            tried: z
              .number()
              .int()
              .openapi({ description: 'Trials that it had by then; counted for luck where they looked at the same data' }),
            takenAt: timeSchema,
          }),
        )
        .readonly()
        .openapi({ description: 'Earlier studies that the search starts from; absent: none' }),
    ),
    seed: z.number().int(),
    maxAttempts: z.number().int(),
    priority: z.number().int().openapi({ description: 'Workers that serve several studies take trials of the highest first' }),
    needs: z
      .object({ threads: perhaps(z.int()), memoryMb: perhaps(z.int()), device: perhaps(z.enum(['cpu', 'gpu'])) })
      .nullable()
      .meta({ description: 'what one trial needs of the machine' }),
    evidence: z
      .object({ steps: z.int(), days: z.int(), folds: perhaps(z.int()), shortestFold: perhaps(z.int()) })
      .nullable()
      .meta({
        description:
          'out-of-sample steps and days that a validation gives the gates for each seed, its folds, and the days of the shortest; null: the study does not say',
      }),
    next: z.string().nullable().openapi({ description: 'The study that is opened once a trial of this one lifts the freeze of the group' }),
    policy: z.string().openapi({ description: 'Name of the gate policy that its trials are promoted by', example: 'default' }),
    module: z.object({
      url: orNull(z.string()).openapi({
        description: '`assay:…` below the checkout; null: elsewhere on the machine that opened the study',
      }),
      sourceHash: z.string(),
      packagesHash: z.string().nullable(),
      gitCommit: z.string().nullable(),
      gitDirty: z.boolean(),
    }),
  })
  .openapi('StudyDetail');

const sorts = studySorts.flatMap((name) => [name, `-${name}`] as const);

export const studiesPageSchema = pageOf(studySchema);

const list = createRoute({
  method: 'get',
  path: '/v1/studies',
  operationId: 'listStudies',
  summary: 'Studies, the newest first unless sorted otherwise',
  request: {
    query: z.strictObject({
      state: studyState.optional(),
      q: textSchema.optional().openapi({ description: 'Part of the name' }),
      sort: z.enum(sorts).optional().openapi({ description: 'With a minus in front descending; default: `-created`' }),
      ...pageQuery,
    }),
  },
  responses: answersWith(studiesPageSchema, 'A page of studies'),
});

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}',
  operationId: 'showStudy',
  summary: 'A study with its space, sampler and pruner',
  request: { params: studyPath },
  responses: taggedAnswersWith(studyDetailSchema, 'The study'),
});

export function addStudies(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(list, async (c) => c.json(await listStudies(db, c.req.valid('query')), 200));
  app.openapi(show, async (c) => {
    const { study } = c.req.valid('param');
    return tagged(c, db, study, async () => c.json(withoutPlaces(await showStudy(db, study)), 200));
  });
}

/** A study without what belongs to the machine that opened it. */
export type ShownStudy = Omit<StudyDetail, 'module'> & { readonly module: Omit<ModuleRef, 'url'> & { readonly url: string | null } };

/** Without the folders of the machine that opened it: a module outside of the checkout is named by its place there. */
function withoutPlaces({ module, ...study }: StudyDetail): ShownStudy {
  return { ...study, module: { ...module, url: module.url.startsWith('assay:') ? module.url : null } };
}
