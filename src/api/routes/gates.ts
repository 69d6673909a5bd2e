import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { trialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { gateDocument, policyDocument } from '../../registry/gate-document.ts';
import { checkTrialGates } from '../../registry/trial-gates.ts';
import { requireGatePolicy } from '../../trading/config/load.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, jsonNumberSchema, nonFiniteFlag, trialPath } from '../schemas.ts';

export const gateResultSchema = z
  .object({
    gate: z.string(),
    version: z.string().openapi({ description: 'Of the rule, and a hash of its numbers', example: '1+3f9a01cc' }),
    severity: z.enum(['refuse', 'warn']).openapi({ description: 'A failure of `warn` refuses nothing' }),
    passed: z.boolean(),
    observed: jsonNumberSchema.openapi({ description: 'Null where there was nothing to observe, which never passes' }),
    threshold: z.number(),
    op: z.enum(['>=', '<=', '>', '<', '==']),
    because: z.string(),
    ...nonFiniteFlag,
  })
  .openapi('GateResult');

export const gatesSchema = z
  .object({
    address: z.string(),
    passed: z.boolean().openapi({ description: 'True if no gate refuses' }),
    policies: z
      .array(
        z.object({
          name: z.string(),
          version: z.string().openapi({ example: 'default+82d1c0aa' }),
          by: z.enum(['named', 'study', 'before']).openapi({
            description:
              '`named` in the request, the `study`’s own, or its numbers when the first trial completed, which have changed since',
          }),
        }),
      )
      .readonly(),
    verdicts: z.array(gateResultSchema).readonly(),
  })
  .openapi('Gates');

const show = createRoute({
  method: 'get',
  path: '/v1/studies/{study}/trials/{number}/gates',
  operationId: 'readGates',
  summary: 'What every gate of a policy says of a validated trial; changes nothing',
  request: {
    params: trialPath,
    query: z.strictObject({
      policy: z.string().max(100).optional().openapi({ description: 'Name of a gate policy; default: the one that the study names' }),
    }),
  },
  responses: answersWith(gatesSchema, 'The results of the gates'),
});

export function addGates(app: OpenAPIHono, { db, dataDir }: RouteContext): void {
  app.openapi(show, async (c) => {
    const address = c.req.valid('param');
    const { policy } = c.req.valid('query');
    if (policy !== undefined) requireGatePolicy(policy);
    const { passed, gateResults, policies } = await checkTrialGates(db, dataDirOf(dataDir), address, policy);
    const answer = { address: trialAddress(address.study, address.number), passed, policies: policies.map(policyDocument) };
    return c.json({ ...answer, verdicts: gateResults.map(gateDocument) }, 200);
  });
}
