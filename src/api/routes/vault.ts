import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { showVault } from '../../registry/vault/show-vault.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, metricsSchema, nonFiniteFlag, timeSchema, trialPath } from '../schemas.ts';

const record = z.number().int().openapi({ description: 'Its sequence in the ledger' });

export const vaultSchema = z
  .object({
    address: z.string(),
    vault: z
      .object({
        dataset: z.string(),
        hash: z.string(),
        sessions: z.number().int(),
        from: timeSchema,
        until: timeSchema.openapi({ description: 'Exclusive' }),
      })
      .nullable()
      .openapi({ description: 'The last sessions of a data set, which nothing reads before one look; null: the study keeps none' }),
    opened: z
      .object({ record, at: timeSchema, by: z.string(), reason: z.string() })
      .nullable()
      .openapi({ description: 'The look of this trial; null: the vault is closed to it' }),
    result: z.object({ record, at: timeSchema }).nullable().openapi({ description: 'What the look showed; null: nothing yet' }),
    items: z
      .array(z.object({ seed: z.number().int(), days: z.number().int(), policyHash: z.string(), metrics: metricsSchema, ...nonFiniteFlag }))
      .readonly()
      .openapi({ description: 'By seed, as the ledger has it' }),
  })
  .openapi('TrialVault');

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/vault',
  operationId: 'showVault',
  summary: 'The sessions that a study keeps, and the one look of a trial at them; nothing is opened by asking',
  request: { params: trialPath },
  responses: answersWith(vaultSchema, 'The vault'),
});

export function addVault(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(show, async (c) => c.json((await showVault(db, c.req.valid('param'))) satisfies z.infer<typeof vaultSchema>, 200));
}
