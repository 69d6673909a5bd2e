import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { trialAddress } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { gateDocument } from '../../registry/gate-document.ts';
import { repeatedDecision } from '../../registry/repeated-request.ts';
import { rollback } from '../../registry/rollback.ts';
import { openSigner } from '../../registry/signing/signing-key.ts';
import { promoteTrial } from '../../registry/trial-gates.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import { requireGatePolicy } from '../../trading/config/load.ts';
import { idempotencyKeyOf } from '../idempotency.ts';
import { sequencesOf, tagsOf } from '../precondition.ts';
import type { RouteContext } from '../route-context.ts';
import {
  aliasSchema,
  controlAnswersWith,
  idempotencyHeader,
  ifMatchHeader,
  modelPath,
  nameSchema,
  orNull,
  textSchema,
  timeSchema,
  trialPath,
} from '../schemas.ts';
import { gateResultSchema } from './gates.ts';
import { decisionSchema } from './models.ts';

const saidSchema = textSchema.min(1).max(2000);

const asSchema = textSchema
  .min(1)
  .max(100)
  .optional()
  .openapi({ description: 'Name of who decides: a statement, no login. Default: the role of the database and the user of the server' });

const witnessedSchema = orNull(z.object({ place: z.string(), failure: z.string().nullable() })).openapi({
  description: 'Whether the record reached the witness outside of the database; null: there is no witness',
});

export const promotedSchema = z
  .object({
    address: z.string(),
    passed: z.boolean().openapi({ description: 'Whether no gate refused' }),
    version: z.number().int().nullable().openapi({ description: 'What the alias names now; null: refused, and recorded' }),
    policies: z.array(z.string()).readonly().openapi({ description: 'Versions of the gate policies that were asked' }),
    verdicts: z.array(gateResultSchema).readonly(),
    promotion: decisionSchema,
    witnessed: witnessedSchema,
  })
  .openapi('Promoted');

const promote = createRoute({
  method: 'post',
  path: '/v1/studies/{study}/trials/{number}/promote',
  operationId: 'promoteTrial',
  summary: 'Make a validated trial a version of a model and move the alias, if every gate passes; recorded for ever either way',
  request: {
    params: trialPath,
    headers: ifMatchHeader.extend(idempotencyHeader.shape),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            model: nameSchema.openapi({ example: 'scalper' }),
            alias: aliasSchema.openapi({ example: 'champion' }),
            reason: saidSchema.optional().openapi({ description: 'For the record' }),
            policy: z
              .string()
              .max(100)
              .optional()
              .openapi({ description: 'Gate policy that must pass beside the one that the study names' }),
            override: saidSchema.optional().openapi({
              description: 'Why it is promoted although a gate refused: by another principal than who asked, visible for ever',
            }),
            as: asSchema,
          }),
        },
      },
    },
  },
  responses: controlAnswersWith(promotedSchema, 'The decision, which may be a refusal'),
});

export const rolledBackSchema = z
  .object({
    model: z.string(),
    alias: z.string(),
    version: z.number().int().openapi({ description: 'What the alias names now' }),
    previousVersion: z.number().int(),
    mayReturnAt: timeSchema.openapi({ description: 'When the version before may return to the alias' }),
    record: decisionSchema,
    witnessed: witnessedSchema,
  })
  .openapi('RolledBack');

const back = createRoute({
  method: 'post',
  path: '/v1/models/{model}/aliases/{alias}/rollback',
  operationId: 'rollbackAlias',
  summary: 'Move an alias to the version that it named before, after checking its bytes; recorded for ever',
  request: {
    params: modelPath.extend({ alias: aliasSchema.openapi({ param: { name: 'alias', in: 'path' }, example: 'champion' }) }),
    headers: ifMatchHeader.extend(idempotencyHeader.shape),
    body: {
      // Nothing in it is needed.
      required: false,
      content: {
        'application/json': {
          schema: z.strictObject({ reason: saidSchema.optional().openapi({ description: 'For the record' }), as: asSchema }),
        },
      },
    },
  },
  responses: controlAnswersWith(rolledBackSchema, 'What the alias names now, and the record'),
});

export function addPromotions(app: OpenAPIHono, { db, dataDir }: RouteContext): void {
  app.openapi(promote, async (c) => {
    const trial = c.req.valid('param');
    const { reason = null, ...asked } = c.req.valid('json');
    if (asked.policy !== undefined) requireGatePolicy(asked.policy);
    const address = trialAddress(trial.study, trial.number);
    const request = idempotencyKeyOf(c.req.valid('header'));
    // A request that is sent again gets its decision, though the gates and the alias may have changed by it.
    const decided = await repeatedDecision(db, { ...asked, reason, address, request });
    const options = { ...asked, trial, reason, request, onlyOn: tagsOf(c) };
    const { record, passed, version, promotion, witnessed } = decided ?? (await promoteTrial(db, dataDirOf(dataDir), options)).decision;
    const verdicts = record.verdicts.map(({ severity = 'refuse', observed, threshold, op, ...verdict }) =>
      gateDocument({ ...verdict, severity, op: op as '>=', observed: Number(observed), threshold: Number(threshold) }),
    );
    const policies = record.gates.policies.map((policy) => policy.version);
    return c.json({ address, passed, version, policies, verdicts, promotion, witnessed }, 200);
  });
  app.openapi(back, async (c) => {
    const { model, alias } = c.req.valid('param');
    const { reason = null, as } = c.req.valid('json');
    const folder = dataDirOf(dataDir);
    const { version, previousVersion, mayReturnAt, record, witnessed } = await rollback(db, createArtifactStore(folder), {
      model,
      alias,
      reason,
      as,
      request: idempotencyKeyOf(c.req.valid('header')),
      onlyAt: sequencesOf(c, model),
      signer: openSigner(folder),
    });
    return c.json({ model, alias, version, previousVersion, mayReturnAt, record, witnessed }, 200);
  });
}
