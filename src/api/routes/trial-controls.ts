import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { sql } from 'drizzle-orm';
import type { Context } from 'hono';
import { parseTrialAddress, trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import type { StudyId } from '../../search/study/storage.ts';
import { cancelTrial } from '../../storage/commands/cancel-trial.ts';
import { queueOptions, trialControls } from '../../storage/commands/descriptions.ts';
import { enqueue } from '../../storage/commands/enqueue-trial.ts';
import { pauseTrial } from '../../storage/commands/pause-trial.ts';
import { resumeTrial } from '../../storage/commands/resume-trial.ts';
import { retryTrial } from '../../storage/commands/retry-trial.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { onlyAtRevision } from '../../storage/sql/only-at.ts';
import { idempotencyKeyOf } from '../idempotency.ts';
import { onlyAtOf } from '../precondition.ts';
import type { RouteContext } from '../route-context.ts';
import { capitalized, controlAnswersWith, idempotencyHeader, ifMatchHeader, studyPath, trialPath } from '../schemas.ts';
import { choiceValueSchema } from './studies.ts';

export const trialControlledSchema = z
  .object({
    address: z.string().openapi({ example: 'nvda-msft#42' }),
    number: z.number().int(),
    state: z
      .enum(['queued', 'running', 'paused', 'cancelled', 'pausing', 'ending'])
      .openapi({ description: '`pausing`, `ending`: it runs, and was told to pause or end' }),
  })
  .openapi('TrialOrdered');

const mostParams = 500;

/** Counted before each is looked at. */
const params = z
  .custom<Readonly<Record<string, unknown>>>(
    (given) => typeof given === 'object' && given !== null && !Array.isArray(given) && Object.keys(given).length <= mostParams,
    `it takes an object of at most ${mostParams} parameters`,
  )
  .pipe(z.record(z.string(), choiceValueSchema))
  .openapi({
    type: 'object',
    maxProperties: mostParams,
    description: 'Under their flat names. What is left out is drawn by the study’s sampler, or taken from `like`',
  });

const option = (description: string) =>
  z
    .boolean()
    .default(false)
    .openapi({ description: capitalized(description) });
const raiseBudget = option(queueOptions.raiseBudget);
const priority = z
  .int()
  .min(-1000)
  .max(1000)
  .default(0)
  .openapi({ description: capitalized(queueOptions.priority) });
const json = <Schema extends z.ZodType>(schema: Schema) => ({ content: { 'application/json': { schema } }, required: true });

const queue = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials',
  operationId: 'enqueueTrial',
  summary: capitalized(trialControls.enqueue),
  request: {
    params: studyPath,
    headers: ifMatchHeader.extend(idempotencyHeader.shape),
    body: json(
      z.strictObject({
        params,
        like: z
          .string()
          .optional()
          .openapi({ description: 'The address of a trial whose parameters fill what `params` leaves out', example: 'nvda-msft#12' }),
        sameSeed: option(`with \`like\`: ${queueOptions.likesSeed}`),
        strict: option(queueOptions.strict),
        priority,
        raiseBudget,
      }),
    ),
  },
  responses: controlAnswersWith(trialControlledSchema, 'The trial'),
});

const retry = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials/{number}/retry',
  operationId: 'retryTrial',
  summary: capitalized(trialControls.retry),
  request: {
    params: trialPath,
    headers: ifMatchHeader.extend(idempotencyHeader.shape),
    body: {
      ...json(z.strictObject({ raiseBudget, sameSeed: option(queueOptions.retriesEnded) })),
      required: false,
    },
  },
  responses: controlAnswersWith(trialControlledSchema, 'The new trial'),
});

type Controlled = z.infer<typeof trialControlledSchema>['state'];

type Control = (db: Db, study: StudyId, number: number) => Promise<Controlled>;

/** Controls of an existing trial. */
const controls: Readonly<Record<'cancel' | 'pause' | 'resume', Control>> = {
  cancel: async (db, study, number) => ((await cancelTrial(db, study, number, 'the API')) === 'cancelled' ? 'cancelled' : 'ending'),
  pause: async (db, study, number) => ((await pauseTrial(db, study, number, 'the API')) === 'paused' ? 'paused' : 'pausing'),
  resume: resumeTrial,
};

const routeOf = (control: keyof typeof controls) =>
  createRoute({
    method: 'post',
    path: `/v1/studies/{study}/trials/{number}/${control}`,
    operationId: `${control}Trial`,
    summary: capitalized(trialControls[control]),
    request: { params: trialPath, headers: ifMatchHeader },
    responses: controlAnswersWith(trialControlledSchema, 'The trial'),
  });

export function addTrialControls(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(queue, async (c) => {
    const { study } = c.req.valid('param');
    const { like, strict, ...queued } = c.req.valid('json');
    if (queued.sameSeed && like === undefined)
      throw new AssayError('usage', 'sameSeed needs a trial whose seed it is', { place: 'sameSeed', hint: 'give like as well' });
    const { id } = await findStudy(db, study);
    const choosing = { drawsRest: !strict, ...(like !== undefined && { like: parseTrialAddress(like) }) };
    const number = await enqueue(db, id, { ...queued, ...choosing, ...sendingOf(c, { id, name: study }, c.req.valid('header')) });
    return c.json({ address: trialAddress(study, number), number, state: 'queued' as const }, 200);
  });
  app.openapi(retry, async (c) => {
    const { study, number } = c.req.valid('param');
    const { id } = await findStudy(db, study);
    const request = { ...c.req.valid('json'), ...sendingOf(c, { id, name: study }, c.req.valid('header')) };
    const next = await retryTrial(db, id, number, request);
    return c.json({ address: trialAddress(study, next), number: next, state: 'queued' as const }, 200);
  });
  for (const control of ['cancel', 'pause', 'resume'] as const)
    app.openapi(routeOf(control), async (c) => {
      const { study, number } = c.req.valid('param');
      const { id } = await findStudy(db, study);
      const at = { study: id, onlyAt: onlyAtOf(c, { id, name: study }), locks: sql`number = ${number}` };
      const state = await onlyAtRevision(db, at, (tx) => controls[control](tx, id, number));
      return c.json({ address: trialAddress(study, number), number, state }, 200);
    });
}

/** How the caller asked for a new trial: its key, and at which revisions of the study it is meant. */
function sendingOf(c: Context, study: { readonly id: StudyId; readonly name: string }, headers: z.infer<typeof idempotencyHeader>) {
  return { idempotencyKey: idempotencyKeyOf(headers), onlyAt: onlyAtOf(c, study) };
}
