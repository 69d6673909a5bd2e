import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { modelHistory } from '../../registry/history.ts';
import { listModels, showModel } from '../../registry/models.ts';
import { recordKinds } from '../../registry/record.ts';
import { ledgerTag } from '../ledger-tag.ts';
import { matchesTag } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, modelPath, orNull, pageOf, pageQuery, taggedAnswersWith, timeSchema } from '../schemas.ts';

const promotionReasonSchema = z
  .string()
  .nullable()
  .openapi({ description: 'Of the promotion, which came beside that of the override; null: none did' });

export const standing = {
  expiresAt: orNull(timeSchema).openapi({ description: 'When its evidence is too old; null: no record promoted it' }),
  expired: z.boolean(),
  overrides: z
    .array(
      z.object({
        sequence: z.number().int(),
        at: timeSchema,
        by: z.string(),
        requestedBy: z.string(),
        reason: z.string().nullable(),
        promotionReason: promotionReasonSchema,
      }),
    )
    .readonly()
    .openapi({ description: 'Every time that it came past its gates by an override' }),
};

export const modelSchema = z
  .object({
    name: z.string(),
    aliases: z.array(z.object({ alias: z.string(), version: z.number().int(), movedAt: timeSchema, ...standing })).readonly(),
    versions: z.number().int().openapi({ description: 'How many' }),
    createdAt: timeSchema,
  })
  .openapi('Model');

export const decisionSchema = z
  .object({
    sequence: z.number().int(),
    at: timeSchema,
    by: z.string(),
    kind: z.enum(recordKinds),
    model: z.string().nullable().openapi({ description: 'Null, as the alias: a record about the vault of a trial' }),
    version: z.number().int().nullable(),
    alias: z.string().nullable(),
    address: z.string(),
    passed: z.boolean().nullable().openapi({ description: 'Null: nothing was decided' }),
    failedGates: z.array(z.string()).readonly().openapi({ description: 'Names of the gates that refused' }),
    warnings: z.array(z.string()).readonly().openapi({ description: 'Names of the gates that warned, which refuses nothing' }),
    reason: z.string().nullable(),
    override: z
      .object({
        refusal: z.number().int().openapi({ description: 'Sequence of the refusal that was set aside' }),
        requestedBy: z.string(),
        promotionReason: promotionReasonSchema,
      })
      .nullable()
      .openapi({ description: 'Null: no override' }),
    expiresAt: orNull(timeSchema).openapi({ description: 'When the evidence of a promotion is too old' }),
    expired: z.boolean(),
    bundleHash: z.string().nullable().openapi({ description: 'SHA-256 of the evidence bundle; null: none' }),
    hash: z.string(),
    previousHash: z.string(),
    signer: z.string().nullable().openapi({ description: 'Public key of the signature; null: not signed' }),
    signature: z.string().nullable().openapi({ description: 'Ed25519 signature of the hash, as base64' }),
  })
  .openapi('Decision');

/** Not an extension: the document would ask for both kinds of `versions` at once. */
export const modelDetailSchema = z
  .object({
    ...modelSchema.shape,
    versions: z
      .array(
        z.object({
          address: z.string().openapi({ example: 'pairs@7' }),
          version: z.number().int(),
          trial: z.string(),
          policyHash: z.string(),
          aliases: z.array(z.string()).readonly(),
          createdAt: timeSchema,
          ...standing,
        }),
      )
      .readonly(),
    lastDecision: orNull(decisionSchema).openapi({ description: 'The newest decision on it, which may be a refusal' }),
  })
  .openapi('ModelDetail');

export const modelsSchema = pageOf(modelSchema);

export const historyPageSchema = pageOf(decisionSchema);

const list = createRoute({
  method: 'get',
  path: '/v1/models',
  operationId: 'listModels',
  summary: 'Models by name',
  request: { query: z.strictObject(pageQuery) },
  responses: answersWith(modelsSchema, 'A page of models'),
});

const show = createRoute({
  method: 'get',
  path: '/v1/models/{model}',
  operationId: 'showModel',
  summary: 'A model with its versions and aliases',
  request: { params: modelPath },
  responses: taggedAnswersWith(modelDetailSchema, 'The model'),
});

const history = createRoute({
  method: 'get',
  path: '/v1/models/{model}/history',
  operationId: 'modelHistory',
  summary: 'Every decision on a model, refused ones too, the newest first',
  request: { params: modelPath, query: z.strictObject(pageQuery) },
  responses: answersWith(historyPageSchema, 'A page of the promotion ledger'),
});

export function addModels(app: OpenAPIHono, { db }: RouteContext): void {
  app.openapi(list, async (c) => c.json(await listModels(db, c.req.valid('query')), 200));
  app.openapi(show, async (c) => {
    const { model } = c.req.valid('param');
    const detail = await showModel(db, model);
    const expired = detail.versions.filter((version) => version.expired).length;
    const headers = { ETag: ledgerTag(model, detail.lastDecision?.sequence ?? 0, expired), 'Cache-Control': 'private, no-cache' };
    return matchesTag(c.req.header('if-none-match'), headers.ETag) ? c.body(null, 304, headers) : c.json(detail, 200, headers);
  });
  app.openapi(history, async (c) => c.json(await modelHistory(db, c.req.valid('param').model, c.req.valid('query')), 200));
}
