import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { readBoard } from '../../registry/board.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, modelPath, orNull, timeSchema } from '../schemas.ts';
import { decisionSchema, standing } from './models.ts';

const count = z.number().int();

export const boardSchema = z
  .object({
    name: z.string(),
    columns: z
      .array(z.object({ alias: z.string(), version: count, movedAt: timeSchema, previous: count.nullable() }))
      .readonly()
      .openapi({ description: 'Aliases, `champion` first; `previous`: the version that a rollback would return to, null: none' }),
    cards: z
      .array(
        z.object({
          address: z.string(),
          version: count,
          trial: z.string(),
          aliases: z.array(z.string()).readonly(),
          policyHash: z.string(),
          createdAt: timeSchema,
          ...standing,
          decision: orNull(decisionSchema).openapi({ description: 'The newest that promoted it; null: the ledger has none' }),
          gates: z
            .object({ passed: count, warned: count, refused: count })
            .nullable()
            .openapi({ description: 'Verdicts of that decision; refused ones were overridden' }),
          data: z.array(z.object({ name: z.string(), hash: z.string() })).readonly(),
        }),
      )
      .readonly()
      .openapi({ description: 'Versions, the newest first; 100 at most' }),
    versions: count,
    ledger: z.array(decisionSchema).readonly().openapi({ description: 'The newest first; `/history` has all' }),
    records: count,
    lastDecision: orNull(decisionSchema).openapi({ description: 'The newest decision on it, which may be a refusal' }),
  })
  .openapi('ModelBoard');

export type ModelBoard = z.infer<typeof boardSchema>;

const show = createRoute({
  method: 'get',
  path: '/v1/models/{model}/board',
  operationId: 'showBoard',
  summary: 'Aliases, versions with the verdicts and data of their decisions, and the newest records',
  request: { params: modelPath },
  responses: answersWith(boardSchema, 'The board'),
});

export function addBoard(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(show, async (c) => c.json((await readBoard(db, c.req.valid('param').model)) satisfies ModelBoard, 200));
}
