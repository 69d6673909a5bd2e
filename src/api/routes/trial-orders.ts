import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { showTrial } from '../../storage/readers/show-trial.ts';
import { cancelTrial } from '../../storage/verbs/cancel.ts';
import { enqueue } from '../../storage/verbs/enqueue.ts';
import { retryTrial } from '../../storage/verbs/retry.ts';
import { unlessChanged } from '../precondition.ts';
import { idempotencyHeader, ifMatchHeader, orderedAnswersWith, studyPath, trialPath } from '../schemas.ts';
import { choiceValueSchema } from './studies.ts';

export const trialOrderedSchema = z
  .object({
    address: z.string().openapi({ example: 'nvda-msft#42' }),
    number: z.number().int(),
    state: z.enum(['queued', 'cancelled', 'ending']).openapi({ description: '`ending`: it runs, and was told to end' }),
  })
  .openapi('TrialOrdered');

const raiseBudget = z.boolean().default(false).openapi({ description: 'Where the budget is used up, make it larger by this trial' });
const json = <Schema extends z.ZodType>(schema: Schema) => ({ content: { 'application/json': { schema } }, required: true });

const queue = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials',
  operationId: 'enqueueTrial',
  summary: 'Queue a trial with parameters of your choice',
  request: {
    params: studyPath,
    headers: idempotencyHeader,
    body: json(z.strictObject({ params: z.record(z.string(), choiceValueSchema), raiseBudget })),
  },
  responses: orderedAnswersWith(trialOrderedSchema, 'The trial'),
});

const retry = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials/{number}/retry',
  operationId: 'retryTrial',
  summary: 'Queue a new trial with the parameters and the seed of one that failed or was cancelled',
  request: { params: trialPath, headers: ifMatchHeader.extend(idempotencyHeader.shape), body: json(z.strictObject({ raiseBudget })) },
  responses: orderedAnswersWith(trialOrderedSchema, 'The new trial'),
});

const cancel = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials/{number}/cancel',
  operationId: 'cancelTrial',
  summary: 'End a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs',
  request: { params: trialPath, headers: ifMatchHeader },
  responses: orderedAnswersWith(trialOrderedSchema, 'The trial'),
});

export function addTrialOrders(app: OpenAPIHono, db: Db): void {
  app.openapi(queue, async (c) => {
    const { study } = c.req.valid('param');
    const { params, raiseBudget: raise } = c.req.valid('json');
    const { id } = await findStudy(db, study);
    const number = await enqueue(db, id, { params, raiseBudget: raise, orderKey: orderKeyOf(study, c.req.valid('header')) });
    const queued = await showTrial(db, { study, number });
    // The same key with other parameters is a mistake of the caller, not a repetition.
    if (canonicalJson(queued.params) !== canonicalJson(params))
      throw new AssayError('conflict', `this Idempotency-Key queued trial ${number} with other parameters`, {
        place: 'idempotency-key',
        hint: 'take a new key for each trial that is wanted',
      });
    return c.json({ address: trialAddress(study, number), number, state: 'queued' as const }, 200);
  });
  app.openapi(retry, async (c) => {
    const { study, number } = c.req.valid('param');
    const request = { ...c.req.valid('json'), orderKey: orderKeyOf(`${study}#${number}`, c.req.valid('header')) };
    return unlessChanged(c, db, study, async () => {
      const next = await retryTrial(db, (await findStudy(db, study)).id, number, request);
      return c.json({ address: trialAddress(study, next), number: next, state: 'queued' as const }, 200);
    });
  });
  app.openapi(cancel, async (c) => {
    const { study, number } = c.req.valid('param');
    return unlessChanged(c, db, study, async () => {
      const state = await cancelTrial(db, (await findStudy(db, study)).id, number, 'the API');
      return c.json(
        { address: trialAddress(study, number), number, state: state === 'cancelled' ? ('cancelled' as const) : ('ending' as const) },
        200,
      );
    });
  });
}

/** What the storage knows an order by: a UUID (of version 8, RFC 9562) of the caller's key and what it is about. */
function orderKeyOf(subject: string, { 'idempotency-key': key }: z.infer<typeof idempotencyHeader>): string {
  const hex = createHash('sha256').update(`${subject}\n${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
