import { createHash } from 'node:crypto';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { trialAddress } from '../../core/address.ts';
import { AssayError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import type { StudyId } from '../../search/study/storage.ts';
import type { Db } from '../../storage/database.ts';
import { findStudy } from '../../storage/readers/find.ts';
import { showTrial } from '../../storage/readers/show-trial.ts';
import { cancelTrial } from '../../storage/verbs/cancel.ts';
import { enqueue, enteredUnder } from '../../storage/verbs/enqueue.ts';
import { pauseTrial, resumeTrial } from '../../storage/verbs/pause.ts';
import { retryTrial } from '../../storage/verbs/retry.ts';
import { unlessChanged } from '../precondition.ts';
import { idempotencyHeader, ifMatchHeader, orderedAnswersWith, studyPath, trialPath } from '../schemas.ts';
import { choiceValueSchema } from './studies.ts';

export const trialOrderedSchema = z
  .object({
    address: z.string().openapi({ example: 'nvda-msft#42' }),
    number: z.number().int(),
    state: z
      .enum(['queued', 'running', 'paused', 'cancelled', 'pausing', 'ending'])
      .openapi({ description: '`pausing`, `ending`: it runs, and was told to pause or end' }),
  })
  .openapi('TrialOrdered');

const raiseBudget = z
  .boolean()
  .default(false)
  .openapi({ description: 'Where a limit of the budget is used up, let this one trial in all the same' });
const priority = z
  .int()
  .min(-1000)
  .max(1000)
  .default(0)
  .openapi({ description: 'Among queued trials of the study the highest is taken first' });
const json = <Schema extends z.ZodType>(schema: Schema) => ({ content: { 'application/json': { schema } }, required: true });

const queue = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials',
  operationId: 'enqueueTrial',
  summary: 'Queue a trial with parameters of your choice',
  request: {
    params: studyPath,
    headers: idempotencyHeader,
    body: json(z.strictObject({ params: z.record(z.string(), choiceValueSchema), priority, raiseBudget })),
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

type Ordered = z.infer<typeof trialOrderedSchema>['state'];

/** What is ordered of a trial that there is. */
const orders = {
  cancel: {
    summary: 'End a trial as cancelled: at once in the queue, at its next report or heartbeat where it runs',
    perform: async (db: Db, study: StudyId, number: number): Promise<Ordered> =>
      (await cancelTrial(db, study, number, 'the API')) === 'cancelled' ? 'cancelled' : 'ending',
  },
  pause: {
    summary: 'Let a trial wait until it is resumed: at once in the queue, where it runs after its next report and a checkpoint',
    perform: async (db: Db, study: StudyId, number: number): Promise<Ordered> =>
      (await pauseTrial(db, study, number, 'the API')) === 'paused' ? 'paused' : 'pausing',
  },
  resume: {
    summary: 'Let a paused trial go on, from its checkpoint where it has one',
    perform: (db: Db, study: StudyId, number: number): Promise<Ordered> => resumeTrial(db, study, number),
  },
} as const;

const routeOf = (order: keyof typeof orders) =>
  createRoute({
    method: 'post',
    path: `/v1/studies/{study}/trials/{number}/${order}`,
    operationId: `${order}Trial`,
    summary: orders[order].summary,
    request: { params: trialPath, headers: ifMatchHeader },
    responses: orderedAnswersWith(trialOrderedSchema, 'The trial'),
  });

export function addTrialOrders(app: OpenAPIHono, db: Db): void {
  app.openapi(queue, async (c) => {
    const { study } = c.req.valid('param');
    const { raiseBudget: raise, ...queued } = c.req.valid('json');
    const { id } = await findStudy(db, study);
    const number = await enqueue(db, id, { ...queued, raiseBudget: raise, orderKey: orderKeyOf(study, c.req.valid('header')) });
    const stored = await showTrial(db, { study, number });
    // The same key with other parameters is a mistake of the caller, not a repetition.
    if (canonicalJson(stored.params) !== canonicalJson(queued.params))
      throw new AssayError('conflict', `this Idempotency-Key queued trial ${number} with other parameters`, {
        place: 'idempotency-key',
        hint: 'take a new key for each trial that is wanted',
      });
    return c.json({ address: trialAddress(study, number), number, state: 'queued' as const }, 200);
  });
  app.openapi(retry, async (c) => {
    const { study, number } = c.req.valid('param');
    const request = { ...c.req.valid('json'), orderKey: orderKeyOf(`${study}#${number}`, c.req.valid('header')) };
    const queued = (next: number) => c.json({ address: trialAddress(study, next), number: next, state: 'queued' as const }, 200);
    // Sent again, it has changed the study itself.
    const before = await enteredUnder(db, request.orderKey);
    if (before !== null) return queued(before);
    return unlessChanged(c, db, study, async () => queued(await retryTrial(db, (await findStudy(db, study)).id, number, request)));
  });
  for (const order of ['cancel', 'pause', 'resume'] as const)
    app.openapi(routeOf(order), async (c) => {
      const { study, number } = c.req.valid('param');
      return unlessChanged(c, db, study, async () => {
        const state = await orders[order].perform(db, (await findStudy(db, study)).id, number);
        return c.json({ address: trialAddress(study, number), number, state }, 200);
      });
    });
}

/** What the storage knows an order by: a UUID (of version 8, RFC 9562) of the caller's key and what it is about. */
function orderKeyOf(subject: string, { 'idempotency-key': key }: z.infer<typeof idempotencyHeader>): string {
  const hex = createHash('sha256').update(`${subject}\n${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
