import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { dataDirOf } from '../../core/data-dir.ts';
import { formatAnchor, parseAnchor, readAnchor } from '../../registry/anchor.ts';
import { readRecord } from '../../registry/read-record.ts';
import { verifyModels } from '../../registry/verify.ts';
import { witnessOf } from '../../registry/witness.ts';
import { createArtifactStore } from '../../storage/artifacts/open.ts';
import type { RouteContext } from '../route-context.ts';
import { answersWith, modelPath, nameSchema } from '../schemas.ts';
import { decisionSchema } from './models.ts';

export const ledgerReportSchema = z
  .object({
    intact: z.boolean().openapi({ description: 'No finding failed' }),
    records: z.number().int(),
    head: z.string().nullable().openapi({ description: 'Hash of the newest record, to be kept elsewhere (null: the ledger is empty)' }),
    recordsAfter: z.number().int().nullable().openapi({ description: 'How many records follow the head or anchor that was given' }),
    policies: z.number().int().openapi({ description: 'How many policies were read and compared with their hash' }),
    bundles: z.number().int().openapi({ description: 'How many evidence bundles were read and compared with their hash' }),
    recomputed: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'How many verdicts were computed again and are the same, bit for bit; null: not asked for' }),
    foreign: z.number().int().openapi({ description: 'How many verdicts only another release can compute again' }),
    witness: z.string().nullable().openapi({ description: 'Where the server keeps hashes outside of the database; null: nowhere' }),
    unsigned: z.number().int().openapi({ description: 'How many records have no signature: those of before the ledger was signed' }),
    keys: z
      .array(z.object({ key: z.string(), records: z.number().int() }))
      .readonly()
      .openapi({ description: 'Every public key in use, the oldest first' }),
    findings: z
      .array(
        z.object({
          check: z.enum(['chain', 'record', 'tables', 'policy', 'witness', 'head', 'anchor', 'signature', 'bundle', 'verdict']),
          state: z.enum(['fail', 'warn']),
          place: z.string(),
          found: z.string(),
        }),
      )
      .readonly(),
  })
  .openapi('LedgerReport');

const query = z.strictObject({
  model: nameSchema.optional().openapi({ description: 'Only its tables and policies; the chain is one for all' }),
  head: z
    .string()
    .regex(/^[0-9a-f]{12,64}$/, 'the hash of a record: 64 hexadecimal digits, of which the first 12 are enough')
    .optional()
    .openapi({ description: 'Of a record, as it was kept elsewhere: it must be in the ledger' }),
  anchor: z
    .string()
    .regex(/^[0-9a-f]{64}:[0-9]+$/, 'the hash of a record, a colon, the number of records')
    .optional()
    .openapi({ description: 'From /v1/ledger/anchor, as it was kept elsewhere: shows a cut tail and a rewritten history' }),
  policies: z
    .enum(['true', 'false'])
    .default('false')
    .openapi({ description: 'Whether the bytes of every policy are read; that may take long' }),
});

const verify = createRoute({
  method: 'get',
  path: '/v1/ledger/verify',
  operationId: 'verifyLedger',
  summary: 'The ledger compared with itself, with the tables of models, and with what was kept outside',
  request: { query },
  responses: answersWith(ledgerReportSchema, 'What was checked, and every finding'),
});

export const anchorSchema = z
  .object({
    anchor: z.string().openapi({ description: 'Hash and number, joined by a colon', example: `${'0'.repeat(64)}:0` }),
    hash: z.string().openapi({ description: 'Of the newest record; 64 zeros for an empty ledger' }),
    records: z.number().int(),
  })
  .openapi('LedgerAnchor');

const anchor = createRoute({
  method: 'get',
  path: '/v1/ledger/anchor',
  operationId: 'ledgerAnchor',
  summary: 'The newest record and the number of records, to be kept elsewhere',
  responses: answersWith(anchorSchema, 'The anchor'),
});

export const recordDetailSchema = z
  .object({
    decision: decisionSchema,
    record: z.looseObject({}).openapi({ description: 'The whole record: parameters, data, folds, verdicts, metrics, code' }),
  })
  .openapi('LedgerRecord');

const recordRoute = createRoute({
  method: 'get',
  path: '/v1/models/{model}/records/{sequence}',
  operationId: 'showRecord',
  summary: 'One record of the ledger, a refusal too',
  request: {
    params: modelPath.extend({
      sequence: z
        .string()
        .regex(/^[1-9][0-9]{0,14}$/, 'a number from 1')
        .openapi({ param: { name: 'sequence', in: 'path' }, description: 'Its place in the ledger', example: '7' }),
    }),
  },
  responses: answersWith(recordDetailSchema, 'The record'),
});

export function addLedger(app: OpenAPIHono, { db, dataDir }: RouteContext): void {
  app.openapi(verify, async (c) => {
    const { model, head, anchor: kept, policies } = c.req.valid('query');
    const store = policies === 'true' ? createArtifactStore(dataDirOf(dataDir)) : undefined;
    return c.json(
      await verifyModels(db, {
        model,
        head,
        anchor: kept === undefined ? undefined : parseAnchor(kept),
        store,
        witness: witnessOf(),
      }),
      200,
    );
  });
  app.openapi(recordRoute, async (c) => {
    const { model, sequence } = c.req.valid('param');
    const { decision, record } = await readRecord(db, model, Number(sequence));
    // A record is JSON as it was read; its schema leaves its members open.
    return c.json({ decision, record: record as unknown as Record<string, never> }, 200);
  });
  app.openapi(anchor, async (c) => {
    const { hash, records } = await readAnchor(db);
    return c.json({ anchor: formatAnchor({ hash, records }), hash, records }, 200);
  });
}
