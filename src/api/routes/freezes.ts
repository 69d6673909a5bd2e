import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Json } from '../../core/json.ts';
import { listFreezes, readFreezes } from '../../storage/readers/freezes.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, nameSchema, timeSchema } from '../schemas.ts';

const freezeSchema = z
  .object({
    group: z.string(),
    study: z.string().openapi({ description: 'The study that goes on' }),
    policy: z.string().openapi({ description: 'The gate policy that a trial of it has to pass' }),
    state: z.enum(['frozen', 'lifted']),
    frozenAt: timeSchema,
    frozenBy: z.string(),
    lifted: z.object({ at: timeSchema, by: z.string(), because: z.string() }).nullable(),
    holds: z.array(z.string()).readonly().openapi({ description: 'Studies that take no trials now' }),
    verdicts: z
      .array(
        z.object({
          colour: z.enum(['green', 'red']),
          trial: z.string().openapi({ description: 'Address of the trial that was judged' }),
          reason: z.string(),
          verdicts: z
            .custom<Json>((value) => value !== undefined)
            .openapi({ type: 'array', items: {}, description: 'Results of the gates' }),
          opened: z.string().nullable().openapi({ description: 'The study that green opened' }),
          at: timeSchema,
          by: z.string(),
        }),
      )
      .readonly(),
  })
  .openapi('Freeze');

export const freezesSchema = z.object({ items: z.array(freezeSchema).readonly() });

const list = createRoute({
  method: 'get',
  path: '/v1/freezes',
  operationId: 'listFreezes',
  summary: 'The freezes that stand, by group',
  responses: answersWith(freezesSchema, 'Freezes of groups of studies'),
});

const show = createRoute({
  method: 'get',
  path: '/v1/freezes/{group}',
  operationId: 'showFreezes',
  summary: 'Every freeze of a group with what the gates said, the newest first',
  request: { params: z.object({ group: nameSchema.openapi({ param: { name: 'group', in: 'path' }, example: 'dual-ticker' }) }) },
  responses: answersWith(freezesSchema, 'The history of the group'),
});

export function addFreezes(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(list, async (c) => c.json({ items: await listFreezes(db) }, 200));
  app.openapi(show, async (c) => c.json({ items: await readFreezes(db, c.req.valid('param').group) }, 200));
}
