import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { namePattern } from '../../core/address.ts';
import { dataDirOf } from '../../core/data-dir.ts';
import { makeCard } from '../../registry/card/make-card.ts';
import { findVersion } from '../../registry/models.ts';
import { readBundle, showVersion } from '../../registry/version.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import { problemResponses } from '../problem.ts';
import { matchesTag } from '../revision-tag.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, modelPath, orNull, timeSchema } from '../schemas.ts';
import { decisionSchema, standing } from './models.ts';

export const versionDetailSchema = z
  .object({
    address: z.string().openapi({ example: 'pairs@7' }),
    model: z.string(),
    version: z.number().int(),
    trial: z.string(),
    policyHash: z.string().openapi({ description: 'SHA-256 of policy.onnx' }),
    bytes: z.number().int(),
    aliases: z.array(z.string()).readonly(),
    createdAt: timeSchema,
    ...standing,
    promotion: orNull(decisionSchema).openapi({ description: 'The newest decision that promoted it; null if the ledger has none' }),
    record: z
      .looseObject({})
      .nullable()
      .openapi({ description: 'The whole record of that decision: parameters, data, folds, verdicts, metrics, code' }),
  })
  .openapi('ModelVersion');

const versionPath = modelPath.extend({
  version: z
    .string()
    .regex(namePattern, 'a number from 1, or an alias')
    .openapi({ param: { name: 'version', in: 'path' }, description: 'A number, or an alias', example: '7' }),
});

const show = createRoute({
  method: 'get',
  path: '/v1/models/{model}/versions/{version}',
  operationId: 'showVersion',
  summary: 'A version with the decision that made it',
  request: { params: versionPath },
  responses: answersWith(versionDetailSchema, 'The version'),
});

const policy = createRoute({
  method: 'get',
  path: '/v1/models/{model}/versions/{version}/policy.onnx',
  operationId: 'readPolicy',
  summary: 'The policy of a version, checked against the hash that was promoted',
  request: { params: versionPath },
  responses: {
    200: {
      description: 'An ONNX model; its ETag is its SHA-256',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    304: { description: 'The ETag in If-None-Match is that of the policy' },
    ...problemResponses,
  },
});

const card = createRoute({
  method: 'get',
  path: '/v1/models/{model}/versions/{version}/card.html',
  operationId: 'readCard',
  summary: 'The model card of a version: one HTML file that loads nothing',
  request: { params: versionPath },
  responses: { 200: { description: 'The card', content: { 'text/html': { schema: z.string() } } }, ...problemResponses },
});

const bundle = createRoute({
  method: 'get',
  path: '/v1/models/{model}/versions/{version}/evidence.bundle',
  operationId: 'readBundle',
  summary: 'The evidence bundle of a version, checked against the hash in its record',
  request: { params: versionPath },
  responses: {
    200: {
      description: 'All that the promotion rests on; assay model verify --recompute --bundle reads it',
      content: { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } },
    },
    ...problemResponses,
  },
});

export function addVersions(app: OpenAPIHono, { db, dataDir }: RouteContext): void {
  const addressOf = ({ model, version }: { model: string; version: string }) => ({
    model,
    at: /^[1-9]\d*$/.test(version) ? Number(version) : version,
  });
  app.openapi(show, async (c) => {
    // A record is JSON as it was read; its schema leaves its members open.
    const { record, ...version } = await showVersion(db, addressOf(c.req.valid('param')));
    return c.json({ ...version, record: record as Record<string, never> | null }, 200);
  });
  app.openapi(card, async (c) => {
    const { html } = await makeCard(db, createArtifactStore(dataDirOf(dataDir)), addressOf(c.req.valid('param')));
    return c.body(html, 200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'private, no-cache' });
  });
  app.openapi(bundle, async (c) => {
    const detail = await showVersion(db, addressOf(c.req.valid('param')));
    const bytes = await readBundle(createArtifactStore(dataDirOf(dataDir)), detail);
    return c.body(new Uint8Array(bytes), 200, {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${detail.address.replace('@', '-')}.bundle"`,
    });
  });
  app.openapi(policy, async (c) => {
    const { policyHash, address } = await findVersion(db, addressOf(c.req.valid('param')));
    const headers = { ETag: `"${policyHash}"`, 'Cache-Control': 'private, no-cache' };
    if (matchesTag(c.req.header('if-none-match'), headers.ETag)) return c.body(null, 304, headers);
    const bytes = await createArtifactStore(dataDirOf(dataDir)).get(policyHash);
    return c.body(new Uint8Array(bytes), 200, {
      ...headers,
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${address.replace('@', '-')}.onnx"`,
    });
  });
}
