import { drizzle } from 'drizzle-orm/node-postgres';
import { expect, test } from 'vitest';
import { clientSource, type Document, typeOf } from '../../tests/tools/client-types.ts';
import { createApi } from '../api/app.ts';

test('the operations and types of the client are those of the published document', async () => {
  const api = createApi({ db: drizzle('postgresql://127.0.0.1:1/none') });
  const document = (await (await api.request('/openapi.json')).json()) as Document;
  await expect(clientSource(document)).toMatchFileSnapshot('./api.ts');
});

test('a schema becomes the type of what it allows', () => {
  expect(typeOf({ type: ['string', 'null'] })).toBe('string | null');
  expect(typeOf({ type: 'array', items: { anyOf: [{ type: 'number' }, { $ref: '#/components/schemas/Trial' }] } })).toBe(
    'readonly (number | Trial)[]',
  );
  expect(typeOf({ type: 'object', additionalProperties: { type: ['number', 'null'] } })).toBe('Readonly<Record<string, number | null>>');
  expect(typeOf({ type: 'object', properties: { a: { enum: ['x', 1] }, 'b-c': {} }, required: ['a'] })).toBe(
    '{\nreadonly a: "x" | 1;\nreadonly "b-c"?: unknown;\n}',
  );
});
