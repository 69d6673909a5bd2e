import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { trialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { gateDocument, policyDocument } from '../../registry/gate-document.ts';
import { checkPromotion, checkTrialGates, type TrialGates } from '../../registry/trial-gates.ts';
import { requireGatePolicy } from '../../trading/config/load.ts';
import type { RouteContext } from '../route-context.ts';
import { conflictingAnswersWith, jsonNumberSchema, modelAliasSchema, nonFiniteFlag, orNull, trialPath } from '../schemas.ts';

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
    to: orNull(
      z.object({
        model: z.string(),
        alias: z.string(),
        version: z.number().int().nullable().openapi({ description: 'What the alias names now; null: nothing' }),
      }),
    ).openapi({ description: 'The alias of `to`; null: none was named, and what a promotion asks beside was not asked' }),
    tag: z.string().nullable().openapi({
      description: 'Of these results and of what the alias names: the ETag, which a promotion takes in If-Match; null without `to`',
    }),
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
      to: modelAliasSchema.optional().openapi({
        description: 'Asks what a promotion to this alias would be asked: the study’s own policy beside `policy`, and the gate `champion`',
        example: 'scalper@champion',
      }),
    }),
  },
  responses: conflictingAnswersWith(gatesSchema, 'The results of the gates'),
});

export function addGates(app: OpenAPIHono, { db, dataDir }: RouteContext): void {
  app.openapi(show, async (c) => {
    const address = c.req.valid('param');
    const { policy, to } = c.req.valid('query');
    if (policy !== undefined) requireGatePolicy(policy);
    const shown = (checked: TrialGates) => ({
      address: trialAddress(address.study, address.number),
      passed: checked.passed,
      policies: checked.policies.map(policyDocument),
      verdicts: checked.gateResults.map(gateDocument),
    });
    if (to === undefined)
      return c.json({ ...shown(await checkTrialGates(db, dataDirOf(dataDir), address, policy)), to: null, tag: null }, 200);
    const [model, alias] = to.split('@') as [string, string];
    const checked = await checkPromotion(db, dataDirOf(dataDir), { trial: address, model, alias, policy });
    const headers = { ETag: `"${checked.tag}"`, 'Cache-Control': 'private, no-cache' };
    return c.json({ ...shown(checked), to: { model, alias, version: checked.champion.version }, tag: checked.tag }, 200, headers);
  });
}
